//! `rayscope list`: the policies, parameters and profiles that there are.

use crate::cli::output::{Exit, Output};
use crate::cli::table::Align::Left;
use crate::cli::table::Table;
use clap::ValueEnum;
use rayscope::model::Parameters;
use rayscope::model::parameters::{PROFILES, TABLE};
use rayscope::policy::REGISTRY;
use serde_json::{Value, json};

/// What `list` is told.
#[derive(clap::Args)]
pub struct Args {
    /// What to list
    pub what: What,
}

/// What can be listed.
#[derive(Clone, Copy, ValueEnum)]
pub enum What {
    /// Placement policies, the default first
    Policies,
    /// Costs and thresholds, for --set and `parameters`
    Parameters,
    /// Sets of costs
    Profiles,
}

/// Lists them.
pub fn run(args: &Args, out: &mut Output) -> Exit {
    let defaults = Parameters::default();
    let rows: Vec<[String; 3]> = match args.what {
        What::Policies => REGISTRY
            .iter()
            .map(|info| [info.name.into(), String::new(), info.meaning.into()])
            .collect(),
        What::Parameters => TABLE
            .iter()
            .map(|info| [info.name.into(), defaults.show(info), info.meaning.into()])
            .collect(),
        What::Profiles => PROFILES
            .iter()
            .map(|info| [info.name.into(), String::new(), info.meaning.into()])
            .collect(),
    };
    if out.json() {
        let each = rows.iter().map(|[name, default, meaning]| {
            let default = (!default.is_empty()).then_some(default);
            json!({"name": name, "default": default, "meaning": meaning})
        });
        out.value(&each.collect::<Value>());
        return Exit::Ok;
    }
    let mut table = Table::new(&[("name", Left), ("default", Left), ("meaning", Left)]);
    rows.into_iter().for_each(|row| table.row(row.into()));
    table.lines().iter().for_each(|line| out.line(line));
    if matches!(args.what, What::Profiles) {
        out.line("");
        out.line(
            "A file does as well: `rayscope calibrate` tells how to measure a cluster of your own.",
        );
    }
    Exit::Ok
}
