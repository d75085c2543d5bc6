//! What the parent says before tests can start.

use std::time::Duration;

use dx_schemas::testrun::Answer;

use crate::failure::Failure;
use crate::message::{self, Plan, Reason, Summary, Text};
use crate::parent::Parent;
use crate::sys::{poll, signals};

/// Everything that is known before the first fork.
pub(crate) struct Opened {
    pub(crate) header: String,
    pub(crate) plan: Plan,
}

pub(crate) enum Opening {
    Plan(Box<Opened>),
    /// pytest ended by itself: wrong usage, `--help`, an error in a conftest.
    Ended(Option<Summary>),
    /// A warm layer cannot serve this run.
    Refused(String),
}

/// Waits for the plan. A second Ctrl-C does not wait for pytest's own answer to the first.
pub(crate) fn open(parent: &mut Parent) -> Result<Opening, Failure> {
    let mut header = String::new();
    loop {
        while let Some(frame) = parent.next()? {
            match frame.kind {
                Answer::Header => header = message::read::<Text>(&frame.payload)?.text,
                Answer::Plan => {
                    let plan = message::read(&frame.payload)?;
                    return Ok(Opening::Plan(Box::new(Opened { header, plan })));
                }
                Answer::Summary => return Ok(Opening::Ended(Some(message::read(&frame.payload)?))),
                Answer::Refused => {
                    return Ok(Opening::Refused(message::read::<Reason>(&frame.payload)?.reason));
                }
                _ => {}
            }
        }
        if signals::interrupts() > 1 {
            parent.kill();
        }
        if poll::readable(&[parent.fd()], Duration::from_millis(200))?[0] && !parent.fill()? {
            return Ok(Opening::Ended(None));
        }
    }
}
