//! Where the parent of a run comes from: a layer of a warm server, or a process of its own.

use super::early::{Early, Identity, Threads};
use super::memory::Memory;
use super::opening::{self, Opening};
use super::settings::{Settings, Warmth};
use crate::failure::Failure;
use crate::parent::{Launch, Parent};
use crate::warm::{Served, Warm, why_cold};

/// How a run came to its parent.
pub(super) struct Origin {
    /// For people.
    pub(super) how: String,
    pub(super) identity: Identity,
    /// Workers that run already.
    pub(super) early: Option<Early>,
}

/// A parent with its plan.
pub(super) fn start(
    settings: &Settings,
    launch: &Launch<'_>,
    memory: &mut Memory,
) -> Result<(Parent, Opening, Origin), Failure> {
    let identity = Identity::new();
    let threads = Threads::of(settings);
    let apart = threads.are_expected();
    let mut how = match warm(settings, memory, apart) {
        Warmed::Yes(parent, opening, how) => {
            return Ok((*parent, opening, Origin { how, identity, early: None }));
        }
        Warmed::No(reason) => {
            reason.map_or("a fresh pytest".to_owned(), |why| format!("a fresh pytest ({why})"))
        }
    };
    how.shrink_to_fit();
    let mut parent = Parent::spawn(launch, &settings.start(memory.records()), &[])?;
    let early = if apart { Some(Early::start(settings, &identity)?) } else { None };
    memory.recall(&settings.state);
    let opening = opening::open(&mut parent)?;
    if let Opening::Plan(opened) = &opening {
        threads.learn(opened.plan.threads);
    }
    Ok((parent, opening, Origin { how, identity, early }))
}

/// The server of runs like this one.
fn server(settings: &Settings) -> std::io::Result<Warm<'_>> {
    // Another list of modules is another server.
    let mut called = settings.arguments.clone();
    called.extend(settings.preload.iter().map(|module| format!("--preload={module}")));
    // One that looks at what it executes is another server.
    let outline = settings.outline.is_some();
    called.extend(settings.which.map(|_| format!("--evidence={},{outline}", settings.asked)));
    Warm::new(&settings.state, &settings.python, &settings.folder, &called)
}

/// Makes the next run's layer ready, if there is a server; goes on as long as it may.
pub(crate) fn prepare(settings: &Settings, may_go_on: impl FnMut() -> bool) {
    if settings.warmth == Warmth::Warm && why_cold(&settings.arguments).is_none() {
        // What cannot be made ready now, the run will do by itself.
        let _ = server(settings).map(|server| server.prepare(may_go_on));
    }
}

enum Warmed {
    Yes(Box<Parent>, Opening, String),
    /// Why not, where somebody might wonder.
    No(Option<String>),
}

fn warm(settings: &Settings, memory: &mut Memory, apart: bool) -> Warmed {
    if settings.warmth == Warmth::Cold {
        return Warmed::No(None);
    }
    if apart {
        return Warmed::No(Some("what pytest imports starts threads or an event loop".to_owned()));
    }
    if let Some(option) = why_cold(&settings.arguments) {
        return Warmed::No(Some(format!("{option} needs one")));
    }
    let server = match server(settings) {
        Ok(server) => server,
        Err(error) => return Warmed::No(Some(error.to_string())),
    };
    let mut reason = None;
    let highest = if settings.whole.is_some() { 1 } else { 2 };
    for highest in (1..=highest).rev() {
        let served = match server.serve(&settings.start(memory.records()), highest) {
            Ok(served) => served,
            Err(failure) => return Warmed::No(Some(failure.to_string())),
        };
        let Served { mut parent, layer, dropped } = served;
        if memory.is_fresh() {
            memory.recall(&settings.state);
        }
        match opening::open(&mut parent) {
            Ok(Opening::Refused(why)) => reason = Some(why),
            Ok(Opening::Ended(None)) => reason = Some("the warm pytest died".to_owned()),
            Ok(opening) => {
                let name = if layer == 2 { "warm, collected" } else { "warm, configured" };
                let name = match dropped {
                    Some(what) => format!("{name} ({what} changed)"),
                    None => name.to_owned(),
                };
                return Warmed::Yes(Box::new(parent), opening, name);
            }
            Err(failure) => return Warmed::No(Some(failure.to_string())),
        }
        if layer == 1 {
            break;
        }
    }
    Warmed::No(reason)
}
