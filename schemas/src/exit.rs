//! The one table of exit statuses, for stages and the driver.
//!
//! `dx-exec` passes the program's own status through; `dx-testrun` uses pytest's numbers.

use std::process::ExitCode;

macro_rules! exits {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $text:literal;)*) => {
        /// How a process of ours ends.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[repr(u8)]
        pub enum Exit { $($(#[$doc])* $name = $code),* }

        impl Exit {
            /// Every status with its meaning, in the order of `--help`.
            pub const TABLE: &'static [(u8, &'static str)] = &[$(($code, $text)),*];
        }
    };
}

exits! {
    Done = 0, "done";
    InputErrors = 1, "the input has errors, or a test failed";
    Usage = 2, "wrong usage, or input or output failed";
    Internal = 101, "internal error: a bug of dx, please report it";
    Interrupted = 130, "interrupted";
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> ExitCode {
        ExitCode::from(exit as u8)
    }
}

impl Exit {
    /// The table as `--help` prints it.
    pub fn help() -> String {
        let mut text = String::from("Exit status:\n");
        for (code, meaning) in Exit::TABLE {
            text.push_str(&format!("  {code:>3}  {meaning}\n"));
        }
        text
    }
}
