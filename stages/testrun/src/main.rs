//! The dx-testrun executable; everything is in the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    dx_testrun::main()
}
