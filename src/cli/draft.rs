//! A scenario or a program as text: read from a file or held by an editor, and how it becomes a scenario.

use crate::cli::load::{self, Choices, Ran, run_scenario};
use crate::cli::output::Exit;
use crate::cli::problem::Problem;
use rayscope::base::units::{UnitError, parse_bandwidth, parse_time};
use rayscope::policy;
use rayscope::scenario::{
    self, Disk, FileProblem, Files, Folder, LoadOptions, MOST_BYTES, Scenario,
};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The lesson's first example, as it lies in the repository.
const LESSON: &str = include_str!("../../scenarios/lesson/add_arrays.json");
const LESSON_PROGRAM: &str = include_str!("../../scenarios/lesson/add_arrays.py");
const LESSON_FILE: &str = "scenarios/lesson/add_arrays.json";

/// Larger files beside a scenario are data: nobody edits them by hand.
const MOST_EDITED_BYTES: usize = 1 << 20;

/// Texts by the name that a scenario calls them.
pub type Texts = BTreeMap<String, String>;

/// What is to be run: texts, and what of them is changed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Draft {
    /// The file; what it names is looked for in its folder.
    pub file: PathBuf,
    /// The file's text.
    pub text: String,
    /// Texts that stand in for files beside it.
    pub beside: Texts,
    /// What is changed.
    pub choices: Choices,
    /// Whether it comes with the program, so that there need be no such file.
    pub embedded: bool,
}

impl Draft {
    /// The lesson's first example, wherever the program was started.
    pub fn lesson() -> Draft {
        let beside = [("add_arrays.py".to_owned(), LESSON_PROGRAM.to_owned())];
        Draft {
            file: PathBuf::from(LESSON_FILE),
            text: LESSON.to_owned(),
            beside: beside.into(),
            choices: Choices::default(),
            embedded: true,
        }
    }

    /// The text of `file`.
    pub fn read(file: &Path, choices: &Choices) -> Result<Draft, Problem> {
        let source = scenario::read_source(file, MOST_BYTES);
        let source = source.map_err(|found| Problem::of_diagnostics(&found))?;
        let (text, beside) = (source.text.clone(), Texts::new());
        Ok(Draft { file: file.to_owned(), text, beside, choices: choices.clone(), embedded: false })
    }

    /// The scenario, and the texts that it named; its program is not checked yet.
    pub fn parse(&self) -> Result<(Scenario, Texts), Problem> {
        let choices = &self.choices;
        let (mut scenario, texts) = self.parse_with(choices.cluster.as_deref())?;
        let nodes = &mut scenario.model.cluster.nodes;
        if choices.keep && choices.cluster.is_some() {
            let (own, _) = self.parse_with(None)?;
            if let Some(first) = own.model.cluster.nodes.iter().next() {
                for node in nodes.iter_mut() {
                    node.object_store_memory = first.object_store_memory;
                    (node.latency, node.bandwidth) = (first.latency, first.bandwidth);
                }
            }
        }
        let wrong = |option: &str, error: UnitError| {
            Problem::new(Exit::Input, "usage", format!("{option}: {error}"))
        };
        if let Some(text) = &choices.latency {
            let latency = parse_time(text).map_err(|error| wrong("--latency", error))?;
            nodes.iter_mut().for_each(|node| node.latency = latency);
        }
        if let Some(text) = &choices.bandwidth {
            let bandwidth = match text.trim() {
                "unlimited" => None,
                text => Some(parse_bandwidth(text).map_err(|error| wrong("--bandwidth", error))?),
            };
            if bandwidth == Some(0) {
                let message = "--bandwidth: nothing could ever be copied at no bandwidth";
                return Err(Problem::new(Exit::Input, "usage", message));
            }
            nodes.iter_mut().for_each(|node| node.bandwidth = bandwidth);
        }
        Ok((scenario, texts))
    }

    fn parse_with(&self, cluster: Option<&str>) -> Result<(Scenario, Texts), Problem> {
        let known = policy::names();
        let choices = &self.choices;
        let options = LoadOptions {
            known_policies: &known,
            cluster,
            policy: choices.policy.as_deref(),
            profile: choices.profile.as_deref(),
            files: &Disk,
            seed: choices.seed,
            set: &choices.set,
            ..LoadOptions::default()
        };
        let name = self.file.display().to_string();
        let folder = Folder::of(&self.file);
        let files = Beside { texts: &self.beside, folder, read: RefCell::default() };
        let (scenario, found) = match load::ending(&self.file).as_str() {
            "py" => scenario::parse_program(&self.text, &name, &options),
            _ => scenario::parse(&self.text, &name, &files, &options),
        };
        let scenario = scenario.ok_or_else(|| Problem::of_diagnostics(&found))?;
        Ok((scenario, files.read.into_inner()))
    }

    /// The scenario with its program checked, ready to run, and the texts that it named.
    pub fn load(&self) -> Result<(Scenario, Texts), Problem> {
        let (scenario, texts) = self.parse()?;
        load::check_program(&scenario)?;
        Ok((load::with_own_cluster(scenario)?, texts))
    }

    /// The run. The draft comes to know the texts that it named.
    pub fn run(&mut self) -> Result<Ran, Problem> {
        let (scenario, texts) = self.load()?;
        self.beside = texts;
        Ok(Ran {
            trace: run_scenario(&scenario),
            profile: Some(scenario.profile.clone()),
            warnings: (!scenario.warnings.is_empty())
                .then(|| Problem::of_diagnostics(&scenario.warnings)),
            file: self.file.clone(),
        })
    }
}

/// Files of a folder, some of them replaced by texts; what is read is remembered.
struct Beside<'d> {
    texts: &'d Texts,
    folder: Folder,
    read: RefCell<Texts>,
}

impl Files for Beside<'_> {
    fn read(&self, relative: &str, most: u64) -> Result<Vec<u8>, FileProblem> {
        let bytes = match self.texts.get(relative) {
            Some(text) if text.len() as u64 > most => return Err(FileProblem::TooLarge(most)),
            Some(text) => text.clone().into_bytes(),
            None => self.folder.read(relative, most)?,
        };
        if bytes.len() <= MOST_EDITED_BYTES
            && let Ok(text) = std::str::from_utf8(&bytes)
        {
            self.read.borrow_mut().insert(relative.to_owned(), text.to_owned());
        }
        Ok(bytes)
    }
}
