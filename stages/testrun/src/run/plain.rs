//! pytest runs the tests itself: what it says of them reaches all reporters but the screen, to which it writes itself.

use dx_schemas::testrun::{Answer, AnswerFrame, Order};

use super::{Conclusion, Reporters, conclusion};
use crate::failure::Failure;
use crate::message::{Finish, Plan};
use crate::parent::Parent;
use crate::report::{About, Event};
use crate::tally::{Done, Tally};

pub(super) fn listen(
    parent: &mut Parent,
    plan: &Plan,
    reporters: &mut Reporters,
) -> Result<Conclusion, Failure> {
    let finish = Finish { plain: true, ..Finish::default() };
    parent.send_json(Order::Finish, &[], &finish)?;
    let mut tally = Tally::default();
    let ended = conclusion(parent, |frame| match frame.kind {
        Answer::Report => tally.report(frame.file, frame.item, frame.payload.to_vec()),
        Answer::Result => tell(&mut tally, plan, frame, reporters),
        _ => {}
    })?;
    Ok(Conclusion { counts: tally.counts(), ran: tally.finished(), ..ended })
}

fn tell(tally: &mut Tally, plan: &Plan, frame: &AnswerFrame<'_>, reporters: &mut Reporters) {
    let Some(file) = plan.files.get(frame.file as usize) else { return };
    let Some(item) = file.items.get(frame.item as usize) else { return };
    let done = Done::of(frame, 0);
    tally.add(done);
    let id = format!("{}{item}", file.id);
    let about = About { id: &id, ..About::default() };
    about.tell(&done, tally, |test| reporters.tell(&Event::Test(test)));
}
