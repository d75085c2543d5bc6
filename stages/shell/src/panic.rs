//! The panic hook: reports the bug with the unit it struck, and ends the process at once with status 101.
//!
//! `_exit`, not unwinding: the same behaviour under every panic strategy, and no destructor runs on broken state. In
//! batch mode the hook's last act is an answer for the unit, so that the driver knows which one to set aside.

use std::cell::RefCell;
use std::io::Write as _;
use std::panic::PanicHookInfo;
use std::time::{Duration, Instant};

use dx_schemas::Exit;
use dx_schemas::request::{Answer, Outcome};

use crate::batch;

/// What a worker thread is busy with.
#[derive(Clone, Default)]
pub(crate) struct Current {
    pub(crate) unit: String,
    /// Batch id and index, where there is a batch.
    pub(crate) place: Option<(u64, u32)>,
}

thread_local! {
    static CURRENT: RefCell<Current> = RefCell::default();
}

pub(crate) fn set_current(current: Current) {
    CURRENT.with(|slot| slot.replace(current));
}

pub(crate) fn install(stage: &'static str) {
    std::panic::set_hook(Box::new(move |info| report(stage, info)));
}

fn report(stage: &'static str, info: &PanicHookInfo<'_>) {
    let current = CURRENT.with(|slot| slot.try_borrow().map(|held| held.clone()).unwrap_or_default());
    let what = info.payload_as_str().unwrap_or("a panic without a message");
    let place = info.location().map(|at| format!(" at {}:{}", at.file(), at.line())).unwrap_or_default();
    let unit = if current.unit.is_empty() { String::new() } else { format!(" in unit `{}`", current.unit) };
    let message = format!("internal error{unit}: {what}{place}");
    // Standard error may be closed; there is nobody left to tell then.
    let _ = writeln!(std::io::stderr(), "{stage}: {message} (a bug of dx, please report it)");
    if let Some((id, index)) = current.place {
        say_goodbye(id, index, &message);
    }
    // SAFETY: `_exit` takes a plain integer and does not return.
    unsafe { libc::_exit(Exit::Internal as i32) }
}

/// Tells the driver, unless another thread holds the pipe for too long (it may be full and nobody reading).
fn say_goodbye(id: u64, index: u32, message: &str) {
    let deadline = Instant::now() + Duration::from_secs(2);
    while Instant::now() < deadline {
        if let Ok(mut pipe) = batch::ANSWERS.try_lock() {
            let _ = Answer::write(&mut *pipe, id, index, Outcome::Panicked, message.as_bytes());
            let _ = pipe.flush();
            return;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}
