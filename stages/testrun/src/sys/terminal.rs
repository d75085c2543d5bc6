//! The terminal: whether there is one, how wide it is, whose turn it is to read.

use std::io::IsTerminal;

/// Columns of the terminal, as pytest computes them: `COLUMNS`, the terminal's own, or 80.
pub(crate) fn columns() -> usize {
    if let Some(columns) = std::env::var("COLUMNS").ok().and_then(|text| text.parse().ok()).filter(|c| *c > 0)
    {
        return columns;
    }
    let mut size = libc::winsize { ws_row: 0, ws_col: 0, ws_xpixel: 0, ws_ypixel: 0 };
    for fd in [0, 2, 1] {
        // SAFETY: TIOCGWINSZ writes one winsize.
        if unsafe { libc::ioctl(fd, libc::TIOCGWINSZ, &mut size) } == 0 && size.ws_col > 40 {
            return size.ws_col.into();
        }
    }
    80
}

pub(crate) fn is_terminal() -> bool {
    std::io::stdout().is_terminal()
}

/// Makes this process's group the terminal's foreground again.
pub(crate) fn take_foreground() {
    // SAFETY: both calls take numbers; SIGTTOU is ignored while it runs.
    unsafe {
        libc::tcsetpgrp(0, libc::getpgrp());
    }
}
