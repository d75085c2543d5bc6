//! What the driver tells the user beside results, and how it ends when it has a bug.
//!
//! Standard error may be closed or full. A line that nobody can read is dropped; the build's outcome does not depend on
//! it.

use std::io::Write as _;
use std::panic::PanicHookInfo;

use dx_schemas::Exit;

/// Writes one line to standard error; a failure of that is nobody's failure.
macro_rules! tell {
    ($($part:tt)*) => {
        let _ = std::io::Write::write_fmt(
            &mut std::io::stderr(),
            format_args!("{}\n", format_args!($($part)*)),
        );
    };
}
pub(crate) use tell;

/// A panic is a bug of ours: reported, and ended with a status of its own under every panic strategy.
pub(crate) fn install_panic_hook() {
    std::panic::set_hook(Box::new(report));
}

fn report(info: &PanicHookInfo<'_>) {
    let what = info.payload_as_str().unwrap_or("a panic without a message");
    let place = info.location().map(|at| format!(" at {}:{}", at.file(), at.line())).unwrap_or_default();
    let _ =
        writeln!(std::io::stderr(), "dx-pipe: internal error: {what}{place} (a bug of dx, please report it)");
    // SAFETY: `_exit` takes a plain integer and does not return. No destructor may run on a broken state.
    unsafe { libc::_exit(Exit::Internal as i32) }
}
