//! The report as JUnit XML: a suite for each folder, a case for each scenario.
//!
//! Times are left out: how long the simulator took is no property of a scenario, and without them the file is the same
//! for the same results.

use crate::cli::test::case::{CaseResult, Status};
use crate::cli::test::report;
use quick_junit::{NonSuccessKind, Property, Report, TestCase, TestCaseStatus, TestSuite};
use std::fs::File;
use std::io::{self, BufWriter};
use std::path::Path;

/// Writes the report.
pub fn write(results: &[CaseResult], file: &Path) -> io::Result<()> {
    let mut report = Report::new("rayscope");
    // Results come in the order of their paths, but a folder's own files need not be together.
    let mut suites: Vec<TestSuite> = Vec::new();
    for result in results {
        let folder = result.file.parent().map(|path| path.display().to_string());
        let folder = folder.filter(|name| !name.is_empty()).unwrap_or_else(|| ".".to_owned());
        let at = suites.iter().position(|suite| suite.name.as_str() == folder);
        let at = at.unwrap_or_else(|| {
            suites.push(TestSuite::new(folder.as_str()));
            suites.len() - 1
        });
        suites[at].add_test_case(case(result, &folder));
    }
    report.add_test_suites(suites);
    report.serialize(BufWriter::new(File::create(file)?)).map_err(io::Error::other)
}

fn case(result: &CaseResult, folder: &str) -> TestCase {
    let name =
        result.file.file_stem().map_or_else(String::new, |s| s.to_string_lossy().into_owned());
    let mut status = TestCaseStatus::success();
    let mut text = String::new();
    if result.status == Status::Failed {
        text = report::detail(result).join("\n");
        status = TestCaseStatus::non_success(NonSuccessKind::Failure);
        let first = text.lines().next().unwrap_or("it failed").to_owned();
        status.set_message(first).set_type("failure").set_description(text.as_str());
    }
    let mut case = TestCase::new(name.as_str(), status);
    case.set_classname(folder);
    if let Some(metrics) = &result.metrics {
        let rows = metrics.rows();
        let properties = rows.iter().map(|(name, _, value)| {
            Property::new(name.replace(' ', "_").as_str(), value.to_string().as_str())
        });
        case.add_properties(properties);
    }
    if !text.is_empty() {
        case.set_system_out(text.as_str());
    }
    case
}
