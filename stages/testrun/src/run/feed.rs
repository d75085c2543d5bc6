//! Handing what workers reported to the parent, whose pytest writes the summary.

use dx_schemas::testrun::{Order, OrderFrame};

use crate::failure::Failure;
use crate::parent::Parent;

/// Bytes of one frame; many small reports share one.
const FRAME: usize = 1 << 20;

/// Sends lines in order.
pub(super) fn feed<'a>(parent: &mut Parent, lines: impl Iterator<Item = &'a [u8]>) -> Result<(), Failure> {
    let mut batch = Vec::new();
    for line in lines {
        if batch.len() + line.len() > FRAME && !batch.is_empty() {
            send(parent, &mut batch)?;
        }
        batch.extend_from_slice(line);
        batch.push(b'\n');
    }
    if batch.is_empty() { Ok(()) } else { send(parent, &mut batch) }
}

fn send(parent: &mut Parent, batch: &mut Vec<u8>) -> Result<(), Failure> {
    parent.send(&OrderFrame::new(Order::Feed, &[]).with(std::mem::take(batch)), &[])?;
    Ok(())
}
