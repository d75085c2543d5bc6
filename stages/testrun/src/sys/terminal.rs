//! The terminal: whether there is one, how wide it is, whose turn it is to read, and whether keys come one by one.

use std::io::{self, IsTerminal};
use std::sync::Mutex;

/// The mode that the terminal had, while it has another: also a panic must find it.
static BEFORE: Mutex<Option<libc::termios>> = Mutex::new(None);

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

/// Whether keys can be read: standard input is a terminal.
pub(crate) fn has_keyboard() -> bool {
    io::stdin().is_terminal()
}

/// Whether what is typed is meant for this process.
pub(crate) fn is_foreground() -> bool {
    // SAFETY: both calls take numbers at the most.
    unsafe { libc::tcgetpgrp(0) == libc::getpgrp() }
}

/// Keys come one by one and are not shown; Ctrl-C and its like stay signals. Until it is dropped.
#[derive(Debug)]
pub(crate) struct SingleKeys(());

impl SingleKeys {
    /// Nothing where there is no such terminal.
    pub(crate) fn begin() -> Option<SingleKeys> {
        let mut before = BEFORE.lock().ok()?;
        let mut mode = std::mem::MaybeUninit::<libc::termios>::uninit();
        // SAFETY: tcgetattr fills `mode` when it returns 0, and only then it is read.
        let was = unsafe {
            if libc::tcgetattr(0, mode.as_mut_ptr()) != 0 {
                return None;
            }
            mode.assume_init()
        };
        let mut single = was;
        single.c_lflag &= !(libc::ICANON | libc::ECHO);
        single.c_cc[libc::VMIN] = 1;
        single.c_cc[libc::VTIME] = 0;
        // SAFETY: the mode is initialised. What was typed meanwhile stays.
        if unsafe { libc::tcsetattr(0, libc::TCSADRAIN, &single) } != 0 {
            return None;
        }
        *before = Some(was);
        Some(SingleKeys(()))
    }
}

impl Drop for SingleKeys {
    fn drop(&mut self) {
        restore();
    }
}

fn restore() {
    let Ok(mut before) = BEFORE.try_lock() else { return };
    if let Some(mode) = before.take() {
        // SAFETY: the mode is one that the terminal had.
        unsafe {
            libc::tcsetattr(0, libc::TCSADRAIN, &mode);
        }
    }
}

/// From now on a panic leaves the terminal as it was, also where it ends the process at once.
pub(crate) fn restore_on_panic() {
    let next = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        restore();
        next(info);
    }));
}
