//! One run, from the start of Python to pytest's summary.

mod crash;
mod early;
mod engine;
mod feed;
mod list;
mod memory;
mod opening;
mod plain;
mod ports;
mod selection;
mod settings;
mod start;
mod together;

use std::time::Instant;

pub(crate) use list::list;
pub(crate) use settings::{Page, Settings};
pub(crate) use start::prepare;

use crate::failure::{Failure, When};
use crate::index::VOLATILE;
use crate::message::{self, Finish, Plan, Start, Summary, Text, Wanted};
use crate::parent::{Launch, Parent};
use crate::report::{Call, Event, Events, Fancy, GitHub, Html, Plain, Reporter};
use crate::sys::{process, signals, terminal};
use dx_schemas::testrun::{Answer, AnswerFrame, Order};
use engine::Engine;
use memory::Memory;
use selection::{Basis, Growth, Outlook, Selection};
pub(crate) use selection::{Which, has_changed, known};

/// All reporters of a run.
#[derive(Default)]
pub(crate) struct Reporters(Vec<Box<dyn Reporter>>);

impl Reporters {
    pub(crate) fn tell(&mut self, event: &Event<'_>) {
        self.0.iter_mut().for_each(|reporter| reporter.event(event));
    }

    pub(crate) fn tick(&mut self) {
        self.0.iter_mut().for_each(|reporter| reporter.tick());
    }

    fn finish(&mut self) -> Result<(), Failure> {
        self.0.iter_mut().try_for_each(|reporter| reporter.finish())
    }
}

/// Runs the tests; pytest's status. However it ends, no process of it stays.
pub(crate) fn run(settings: &Settings) -> Result<u8, Failure> {
    let ended = session(settings);
    process::end_descendants();
    ended
}

fn session(settings: &Settings) -> Result<u8, Failure> {
    let started = Instant::now();
    // Another run of this process may have adopted them; a server that this one starts is to stay.
    process::leave_orphans();
    signals::listen();
    let mut reporters = Reporters(Vec::new());
    if let Some(path) = &settings.events {
        reporters.0.push(Box::new(Events::create(path)?));
    }
    for Page::Html(path) in &settings.reports {
        reporters.0.push(Box::new(Html::new(path, settings.call())?));
    }
    let mut selection = None;
    if let Some(which) = settings.which {
        let basis = Basis::of(settings);
        if which == Which::Affected
            && let Some(known) = basis.unchanged(settings)
        {
            let text = selection::affected(0, known, started.elapsed().as_secs_f64());
            nothing(settings, &text, 0, &mut reporters, started);
            reporters.finish()?;
            return Ok(0);
        }
        selection = Some(Selection::new(settings, which, basis)?);
    }
    let status = loop {
        match round(settings, selection.as_ref(), &mut reporters, started)? {
            Round::Ended(status) => break status,
            Round::More(growth) => {
                if let Some(selection) = &mut selection {
                    selection.grow(growth);
                }
            }
        }
    };
    reporters.finish()?;
    Ok(status)
}

/// What became of one session of pytest.
enum Round {
    Ended(u8),
    /// More tests are to run, and these once more with them.
    More(Growth),
}

fn round(
    settings: &Settings,
    selection: Option<&Selection>,
    reporters: &mut Reporters,
    started: Instant,
) -> Result<Round, Failure> {
    let chosen;
    let mut settings = settings;
    if let Some(selection) = selection {
        match selection.outlook() {
            Outlook::Nothing => {
                let text = selection.sentence(0, started.elapsed().as_secs_f64()).unwrap_or_default();
                let status = if selection.is_content_with_none() { 0 } else { 5 };
                nothing(settings, &text, status, reporters, started);
                return Ok(Round::Ended(status));
            }
            Outlook::Some(files) => {
                chosen = settings.of_these(files);
                settings = &chosen;
            }
            Outlook::Everything => {}
        }
    }
    let launch = settings.launch();
    let mut memory = if settings.among.is_empty() {
        Memory::begin(&settings.state, &settings.python, &settings.folder, &settings.arguments)
    } else {
        Memory::without_index()
    };
    let (mut parent, opened, origin) = start::start(settings, &launch, &mut memory)?;
    // Not before a warm server was started: that one is to stay.
    process::adopt_orphans();
    let opening = match opened {
        opening::Opening::Plan(opening) => opening,
        opening::Opening::Refused(reason) => return Err(Failure::ParentGone(When::Starting, reason)),
        opening::Opening::Ended(summary) => {
            print!("{}", summary.as_ref().map_or("", |summary| summary.text.as_str()));
            let status = parent.end();
            if summary.is_none() && status > 128 {
                return Err(crash::gone(When::Starting, status));
            }
            return Ok(Round::Ended(summary.map_or(status, |summary| summary.status) as u8));
        }
    };
    let (header, plan) = (opening.header, opening.plan);
    let screen = reporters.0.len();
    reporters.0.push(progress(settings, &plan));
    if std::env::var("GITHUB_ACTIONS").is_ok_and(|value| value == "true") {
        reporters.0.push(Box::new(GitHub::new(&settings.folder)));
    }
    reporters.tell(&Event::Text(&header));
    reporters.tell(&Event::Text(&plan.text));
    plan.said.iter().for_each(|report| reporters.tell(&Event::Known { id: &report.id, report }));
    if let Some(text) = selection.and_then(Selection::note) {
        reporters.tell(&Event::Note(&text));
    }
    let summary = if let Some(reason) = plan.plain.clone() {
        reporters.tell(&Event::Note(&format!("dx: pytest runs the tests itself: {reason}")));
        let screen = reporters.0.remove(screen);
        let heard = plain::listen(&mut parent, &plan, reporters);
        reporters.0.push(screen);
        heard?
    } else if plan.broken || plan.collectonly {
        conclude(&mut parent, &Finish::default())?
    } else {
        let told = std::mem::take(reporters);
        let mut engine = Engine::new(settings, parent, plan, origin, told, memory, selection)?;
        let outcome = engine.run();
        let growth = selection.and_then(|selection| selection.growth(&engine.left_by_failures(), settings));
        let finished = match (outcome, &growth) {
            (Err(failure), _) => Err(failure),
            (Ok(()), None) => engine.finish(),
            (Ok(()), Some(_)) => engine.abandon(),
        };
        (parent, *reporters) = engine.dissolve();
        let summary = finished?;
        if let Some(growth) = growth {
            reporters.tell(&Event::Again(&growth.text()));
            reporters.0.truncate(screen);
            parent.end();
            process::end_descendants();
            return Ok(Round::More(growth));
        }
        summary
    };
    reporters.tell(&Event::Text(&summary.text));
    let mut status = summary.status as u8;
    if summary.missed {
        status = status.max(1);
    }
    if let Some(selection) = selection {
        // Nothing new was found where something could have been; what is known passed.
        if status == 5 && selection.is_content_with_none() {
            status = 0;
        }
        let sentence = selection.sentence(summary.ran as usize, started.elapsed().as_secs_f64());
        if let Some(sentence) = sentence.filter(|_| status < 2) {
            reporters.tell(&Event::Text(&sentence));
        }
    }
    parent.end();
    process::end_descendants();
    reporters.tell(&Event::Done {
        status,
        seconds: started.elapsed().as_secs_f64(),
        summary: &summary.counts,
    });
    Ok(Round::Ended(status))
}

/// Says why a test would run, or not.
pub(crate) fn why(settings: &Settings, id: &str) -> Result<u8, Failure> {
    let selection = Selection::new(settings, Which::Affected, Basis::of(settings))?;
    let text = selection.why(id).map_err(Failure::Usage)?;
    println!("{text}");
    Ok(0)
}

/// Every test that is asked for would pass as before: no Python starts.
fn nothing(settings: &Settings, text: &str, status: u8, reporters: &mut Reporters, started: Instant) {
    let mut progress = Plain::new(0, settings.markup, settings.columns);
    progress.event(&Event::Text(text));
    reporters.tell(&Event::Text(text));
    reporters.tell(&Event::Done { status, seconds: started.elapsed().as_secs_f64(), summary: &[] });
}

/// pytest's summary, and what was counted.
pub(crate) struct Conclusion {
    pub(crate) text: String,
    pub(crate) status: i32,
    pub(crate) counts: Vec<(dx_schemas::testrun::Outcome, u64)>,
    /// Tests that ran.
    pub(crate) ran: u64,
    /// Selection would have left out a test whose outcome changed.
    pub(crate) missed: bool,
}

/// Tells the parent how it ended, and gets pytest's last words.
fn conclude(parent: &mut Parent, finish: &Finish) -> Result<Conclusion, Failure> {
    parent.send_json(Order::Finish, &[], finish)?;
    conclusion(parent, |_| {})
}

/// pytest's last words, from a parent that was told how it ended. What it says of tests before is given to `hear`.
fn conclusion(parent: &mut Parent, mut hear: impl FnMut(&AnswerFrame<'_>)) -> Result<Conclusion, Failure> {
    let mut header = String::new();
    let kinds = [Answer::Header, Answer::Summary, Answer::Report, Answer::Result];
    let summary: Summary = loop {
        let Some(frame) = parent.wait_for(&kinds)? else {
            return Err(crash::gone(When::Concluding, parent.end()));
        };
        match frame.kind {
            Answer::Summary => break message::read(&frame.payload)?,
            Answer::Header => header = message::read::<Text>(&frame.payload)?.text,
            _ => hear(&frame),
        }
    };
    // pytest ends the line of its last dot; ours have their ends.
    let text = header + summary.text.strip_prefix('\n').unwrap_or(&summary.text);
    Ok(Conclusion { text, status: summary.status, counts: Vec::new(), ran: 0, missed: false })
}

fn progress(settings: &Settings, plan: &Plan) -> Box<dyn Reporter> {
    let live = settings.terminal && !settings.ci && plan.capture != "no" && plan.verbose >= 0;
    if live && std::env::var("TERM").is_ok_and(|term| term != "dumb") {
        Box::new(Fancy::new(plan.verbose, settings.markup, settings.columns))
    } else {
        Box::new(Plain::new(plan.verbose, settings.markup, settings.columns))
    }
}

impl Settings {
    fn launch(&self) -> Launch<'_> {
        Launch {
            python: &self.python,
            folder: &self.folder,
            state: &self.state,
            hash_seed: self.hash_seed,
            ci: self.ci,
        }
    }

    fn call(&self) -> Call {
        Call {
            command: std::env::args_os().map(|word| word.to_string_lossy().into_owned()).collect(),
            folder: self.folder.clone(),
            python: self.python.clone(),
        }
    }

    fn start(&self, record: bool) -> Start {
        Start {
            arguments: self.arguments.clone(),
            among: self.among.clone(),
            markup: self.markup,
            columns: self.columns,
            whole: self.whole.clone(),
            dist: self.dist.clone(),
            shuffle: self.shuffle,
            record,
            left_out: !self.reports.is_empty(),
            leaks: self.leaks,
            lane: self.lane,
            nodes: self.likely_workers(),
            seeded: self.hash_seed.is_some(),
            idle: self.idle.as_secs_f64(),
            memory: self.memory_mib,
            preload: self.preload.clone(),
            evidence: self.which.map(|_| Wanted {
                root: self.state.root.to_string_lossy().into_owned(),
                asked: self.asked,
                outline: self.outline.is_some(),
            }),
            environment: VOLATILE
                .iter()
                .filter_map(|name| Some(((*name).to_owned(), std::env::var(name).ok()?)))
                .collect(),
            spawned: None,
        }
    }
}

/// Whether colours are wanted.
fn wants_markup(arguments: &[String]) -> bool {
    let asked = arguments.iter().rev().find_map(|argument| argument.strip_prefix("--color="));
    let is = |name: &str, wanted: &str| std::env::var_os(name).is_some_and(|value| value == wanted);
    let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    match asked {
        Some("yes") => true,
        Some("no") => false,
        _ if is("PY_COLORS", "1") => true,
        _ if is("PY_COLORS", "0") => false,
        _ if set("NO_COLOR") => false,
        _ if set("FORCE_COLOR") => true,
        _ => terminal::is_terminal() && !is("TERM", "dumb"),
    }
}
