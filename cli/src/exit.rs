//! The four exit codes, the same for every command and output format.

use policy_engine::evaluator::Decision;
use std::process::ExitCode;

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Exit {
    /// Yes: no finding, allowed, all promises hold.
    Yes,
    /// No: findings, not allowed, a broken promise.
    No,
    /// The command could not run: bad input or usage.
    Trouble,
    /// A fact is missing.
    Undecided,
}

impl Exit {
    /// The number.
    pub fn code(self) -> u8 {
        match self {
            Self::Yes => 0,
            Self::No => 1,
            Self::Trouble => 2,
            Self::Undecided => 3,
        }
    }

    /// The exit code with `--exit-zero`: only trouble stays.
    #[must_use]
    pub fn softened(self, exit_zero: bool) -> Self {
        match self {
            Self::No | Self::Undecided if exit_zero => Self::Yes,
            other => other,
        }
    }
}

impl From<Decision> for Exit {
    fn from(decision: Decision) -> Self {
        match decision {
            Decision::Allow => Self::Yes,
            Decision::ImplicitDeny | Decision::ExplicitDeny => Self::No,
            Decision::Unknown => Self::Undecided,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exit_zero_hides_answers_and_no_trouble() {
        let all = [Exit::Yes, Exit::No, Exit::Trouble, Exit::Undecided];
        assert_eq!(all.map(Exit::code), [0, 1, 2, 3]);
        assert_eq!(all.map(|exit| exit.softened(true).code()), [0, 0, 2, 0]);
    }
}
