//! The codes of all mistakes that a scenario can have: stable, documented, each with a test that triggers it.

macro_rules! codes {
    ($($name:ident = $text:literal, $title:literal, $label:literal;)*) => {
        /// What kind of mistake a diagnostic reports. `E` is an error, `W` a warning.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        pub enum Code {
            $(#[doc = $title] $name,)*
        }

        impl Code {
            /// Every code, in the order of the documentation.
            pub const ALL: &[Code] = &[$(Code::$name,)*];

            /// The code as people see it: `E0101`.
            pub const fn text(self) -> &'static str {
                match self { $(Code::$name => $text,)* }
            }

            /// What it means, in a few words.
            pub const fn title(self) -> &'static str {
                match self { $(Code::$name => $title,)* }
            }

            /// What is written under the place.
            pub const fn label(self) -> &'static str {
                match self { $(Code::$name => $label,)* }
            }
        }
    };
}

codes! {
    FileMissing = "E0001", "a file is missing", "no such file";
    FileUnreadable = "E0002", "a file cannot be read", "cannot be read";
    NotUtf8 = "E0003", "a file is not UTF-8", "not UTF-8 from here";
    FileTooLarge = "E0004", "a file is too large", "too large";
    FileEmpty = "E0005", "a file is empty", "nothing here";
    Syntax = "E0006", "the text is not JSON", "here";
    TooDeep = "E0007", "the text is nested too deeply", "too deep";
    OutsideFolder = "E0008", "a path leaves the scenario's folder", "leaves the folder";

    UnknownKey = "E0101", "a key is not known here", "not known here";
    DuplicateKey = "E0102", "a key is written twice", "written before";
    MissingKey = "E0103", "a key is missing", "missing in here";
    WrongType = "E0104", "a value has the wrong type", "wrong type";
    Version = "E0105", "the version is missing or not known", "version 1 is known";
    OneWorkload = "E0106", "not exactly one of program, tasks and import", "one of the three";
    NotHere = "E0107", "a key that cannot be used here", "not here";
    UnknownChoice = "E0108", "a word that is not one of the choices", "not a choice";
    EmptyName = "E0109", "a name is empty", "empty";

    BadNumber = "E0201", "not a number of the wanted kind", "not such a number";
    Negative = "E0202", "a number is negative", "negative";
    TooLarge = "E0203", "a number is too large", "too large";
    MissingUnit = "E0204", "a unit is missing", "no unit";
    UnknownUnit = "E0205", "a unit is not known", "not a unit here";
    BadDistribution = "E0206", "the numbers make no distribution", "no distribution";
    TooSmall = "E0207", "a number is too small", "too small";

    NoNodes = "E0301", "the cluster has no nodes", "no nodes";
    DuplicateNode = "E0302", "two nodes have one name", "used before";
    TooManyNodes = "E0303", "the cluster has too many nodes", "too many";
    UnknownNode = "E0304", "there is no such node", "no such node";
    BadShortCluster = "E0305", "a short cluster that cannot be read", "not a cluster";
    TooManyResources = "E0306", "too many kinds of resources", "one too many";
    StoreTooSmall = "E0307", "a store is smaller than Ray allows", "too small for Ray";

    DuplicateTask = "E0401", "two tasks have one name", "used before";
    DuplicateObject = "E0402", "an object is made twice", "made before";
    UnknownInput = "E0403", "there is no such object", "made by no task";
    UnknownTask = "E0404", "there is no such task", "no such task";
    Cycle = "E0405", "tasks wait for each other in a circle", "part of the circle";
    Infeasible = "E0406", "no node can ever hold the task", "fits on no node";
    DurationOn = "E0407", "durations by node do not match the nodes", "does not match";
    TooManyTasks = "E0408", "too many tasks, objects or inputs", "too many";
    NoTasks = "E0409", "there are no tasks", "no tasks";

    UnknownPolicy = "E0501", "there is no such policy", "not a policy";
    UnknownProfile = "E0502", "there is no such profile", "not a profile";
    NotAProfile = "E0503", "the file is not a profile", "no `rayscope_profile` in here";
    UnknownParameter = "E0504", "there is no such parameter", "not a parameter";
    BadParameter = "E0505", "a parameter cannot have that value", "does not fit";
    ProfileName = "E0506", "a profile's name is taken", "a built-in profile";

    BadFault = "E0601", "not exactly one thing that happens", "one of three";
    NotJoinedYet = "E0602", "a node fails before it joined", "not there yet";

    BadExpectation = "E0701", "an expectation that cannot be read", "cannot be read";

    NotAWorkflow = "E0801", "the file is not a workflow of that format", "not such a workflow";
    DuplicateWorkflowTask = "E0802", "a workflow names a task twice", "named before";
    ProducedTwice = "E0803", "a workflow makes a file twice", "made before";
    UnknownParent = "E0804", "a workflow names an unknown task", "no such task";
    UnknownFile = "E0805", "a workflow names an unknown file", "not in the list of files";
    BadXml = "E0806", "the text is not XML", "here";
    BadDot = "E0807", "the text is not DOT", "here";
    OldWorkflow = "E0808", "the workflow's version is too old", "not read";

    ProgramCluster = "E0901", "a program's cluster line that cannot be read", "in this line";

    CustomResource = "W0301", "a custom resource looks like a well-known one", "a custom resource";
    DefaultCluster = "W0302", "no cluster is named", "no cluster";
    NewWorkflow = "W0801", "the workflow's version is not known", "read like 1.5";
    NoRuntime = "W0802", "a workflow's task has no runtime", "no runtime";
    Capped = "W0803", "a workflow's task asks more than any node has", "more than any node";
    NoCoreCount = "W0804", "a workflow's machine has no core count", "no core count";
    UnknownSize = "W0805", "a workflow's file has no size", "no size";
}

impl Code {
    /// Whether it stops the scenario from being used.
    pub fn is_error(self) -> bool {
        self.text().starts_with('E')
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_sorted_and_apart() {
        let mut texts: Vec<&str> = Code::ALL.iter().map(|code| code.text()).collect();
        let given = texts.clone();
        texts.sort_unstable();
        texts.dedup();
        assert_eq!(texts, given);
    }

    /// The documentation has a line for each, and none more.
    #[test]
    fn every_code_is_documented() {
        let text = include_str!("../../docs/scenario-format.md");
        for code in Code::ALL {
            let line = format!("| {} | {} |", code.text(), code.title());
            assert!(text.contains(&line), "docs/scenario-format.md lacks: {line}");
        }
    }
}
