//! What the command line said: for tests that run the binary as a user would.

// Every test file uses its own part of these.
#![allow(dead_code)]

use serde_json::Value;
use std::process::Command;

/// The binary's exit code and what it wrote.
pub struct Said {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Said {
    /// Runs it to its end.
    pub fn by(command: &mut Command) -> Said {
        let output = command.output().unwrap();
        Said {
            code: output.status.code().unwrap(),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Standard output, which is one JSON value.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {}", self.out))
    }
}
