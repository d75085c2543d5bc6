//! The runner's side of a warm pytest: finding its server, choosing the layer that is still valid, asking for a run.
//!
//! A stale layer must be impossible. Each layer writes down what it has read; from that the runner makes a stat manifest
//! and checks it before each use. A layer with any other content below it is dropped, and those above it too.

use std::fs;
use std::io;
use std::os::fd::{AsRawFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use dx_schemas::testrun::{Answer, Decoder, Order, OrderFrame};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::json;

use crate::failure::{Failure, When};
use crate::index;
use crate::index::{Recording, changed};
use crate::message::Start;
use crate::parent::Parent;
use crate::script::{self, Entry};
use crate::state::{State, runtime_folder};
use crate::sys::{memory, poll, process, socket};

/// How long a server may take until it listens.
const START: Duration = Duration::from_secs(20);
/// How long a server may take to answer; it does nothing that takes long.
const ANSWER: Duration = Duration::from_secs(3);
/// How often a layer that proves stale at once is made anew before a run asks for it.
const PREPARATIONS: u32 = 2;
/// pytest's options after which a session cannot be shared, or is not worth it.
const COLD: [&str; 27] = [
    "--lf",
    "--last-failed",
    "--ff",
    "--failed-first",
    "--nf",
    "--new-first",
    "--sw",
    "--stepwise",
    "--sw-skip",
    "--cov",
    "--pdb",
    "--trace",
    "-s",
    "--capture",
    "--junitxml",
    "--junit-xml",
    "--setup-plan",
    "--setup-only",
    "--setup-show",
    "--fixtures",
    "--markers",
    "--collect-only",
    "--co",
    "--help",
    "--version",
    "--cache-show",
    "--cache-clear",
];
/// Options that a run may have otherwise than the layer; with whether a value follows.
const FREE: [(&str, bool); 28] = [
    ("-k", true),
    ("-m", true),
    ("-x", false),
    ("--exitfirst", false),
    ("--maxfail", true),
    ("--deselect", true),
    ("--ignore", true),
    ("--ignore-glob", true),
    ("-v", false),
    ("-vv", false),
    ("-vvv", false),
    ("--verbose", false),
    ("-q", false),
    ("-qq", false),
    ("--quiet", false),
    ("--tb", true),
    ("-l", false),
    ("--showlocals", false),
    ("--durations", true),
    ("--durations-min", true),
    ("-r", true),
    ("--show-capture", true),
    ("--full-trace", false),
    ("--no-header", false),
    ("--no-summary", false),
    ("--continue-on-collection-errors", false),
    ("--color", true),
    ("--verbosity", true),
];

/// Others of pytest's options that are followed by a value.
const VALUED: [&str; 10] = [
    "-p",
    "-c",
    "-o",
    "-W",
    "--rootdir",
    "--confcutdir",
    "--basetemp",
    "--log-level",
    "--import-mode",
    "--override-ini",
];

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Status {
    pub(crate) pid: u32,
    pub(crate) layers: std::collections::BTreeMap<String, u64>,
    pub(crate) runs: u64,
    pub(crate) idle: f64,
    pub(crate) folder: String,
}

/// The layer that a run was begun from.
#[derive(Deserialize)]
struct Begun {
    layer: u8,
    /// Nothing for a layer that is only being made, and therefore not stale.
    id: Option<String>,
}

#[derive(Deserialize)]
struct Read {
    began: f64,
    /// The layer that it was forked from: what that one read, it read before.
    below: Option<String>,
    files: Vec<String>,
    folders: Vec<String>,
}

/// Why a run with these arguments is not served warm.
pub(crate) fn why_cold(arguments: &[String]) -> Option<String> {
    let name = |argument: &str| argument.split('=').next().unwrap_or(argument).to_owned();
    arguments.iter().map(|argument| name(argument)).find(|name| COLD.contains(&name.as_str()))
}

/// Names a way of calling pytest, whichever tests are asked for.
pub(crate) fn key(python: &Path, folder: &Path, arguments: &[String]) -> [u8; 32] {
    let mut fixed = fixed(arguments);
    fixed.push(script::digest().to_hex().to_string());
    index::call(python, folder, &fixed)
}

/// Arguments that are the same for every choice of tests and every form of the report.
pub(crate) fn fixed(arguments: &[String]) -> Vec<String> {
    sort_out(arguments).0
}

/// Files, folders and ids.
pub(crate) fn paths(arguments: &[String]) -> Vec<String> {
    sort_out(arguments).1
}

fn sort_out(arguments: &[String]) -> (Vec<String>, Vec<String>) {
    let (mut fixed, mut paths) = (Vec::new(), Vec::new());
    let (mut skip, mut value) = (false, false);
    for argument in arguments {
        if std::mem::take(&mut skip) {
            continue;
        }
        if !argument.starts_with('-') {
            let valued = std::mem::take(&mut value);
            if valued { &mut fixed } else { &mut paths }.push(argument.clone());
            continue;
        }
        value = VALUED.contains(&argument.as_str());
        match FREE.iter().find(|(name, _)| is(argument, name)) {
            Some((name, valued)) => skip = *valued && argument == name,
            None => fixed.push(argument.clone()),
        }
    }
    (fixed, paths)
}

/// One way of calling pytest, and where its server listens.
pub(crate) struct Warm<'a> {
    state: &'a State,
    python: &'a Path,
    folder: &'a Path,
    socket: PathBuf,
    key: [u8; 32],
}

/// A run that a layer serves.
pub(crate) struct Served {
    pub(crate) parent: Parent,
    pub(crate) layer: u8,
    /// What made a deeper layer stale.
    pub(crate) dropped: Option<String>,
}

impl<'a> Warm<'a> {
    pub(crate) fn new(
        state: &'a State,
        python: &'a Path,
        folder: &'a Path,
        arguments: &[String],
    ) -> io::Result<Self> {
        let key = key(python, folder, arguments);
        let name = blake3::Hash::from_bytes(key).to_hex()[..20].to_owned();
        let socket = runtime_folder()?.join(format!("{name}.sock"));
        Ok(Warm { state, python, folder, socket, key })
    }

    /// Asks for a run, from the deepest valid layer but none above `highest`. The run is begun at once, and given up if
    /// its layer proves stale: no test runs before it is told to.
    pub(crate) fn serve(&self, start: &Start, highest: u8) -> Result<Served, Failure> {
        if let Ok(lease) = UnixStream::connect(&self.socket) {
            if let Ok(served) = self.begin(lease, start, highest) {
                return Ok(served);
            }
            // Whoever holds the name does not answer as a server does, and must not be asked again.
            let _ = fs::remove_file(&self.socket);
        }
        self.begin(self.connect_anew(start)?, start, highest)
    }

    /// Sees to it that the next run finds a configured layer that is still valid: one that was made while files changed is
    /// stale before anybody has used it. Asks `may_go_on` while it waits, and leaves the rest undone after a no.
    pub(crate) fn prepare(&self, mut may_go_on: impl FnMut() -> bool) -> Result<(), Failure> {
        let Ok(mut lease) = UnixStream::connect(&self.socket) else { return Ok(()) };
        let mut tries = PREPARATIONS;
        while tries > 0 && may_go_on() {
            send(&lease, &json!({"op": "prepare"}), &[])?;
            let begun: Begun = answer(&mut lease)?;
            match begun.id {
                _ if begun.layer == 0 => break,
                None => {}
                Some(id) if self.why_stale(&id).is_none() => break,
                Some(_) => {
                    ask(&mut lease, &json!({"op": "drop", "layer": begun.layer}))?;
                    tries -= 1;
                }
            }
        }
        Ok(())
    }

    fn begin(&self, mut lease: UnixStream, start: &Start, highest: u8) -> Result<Served, Failure> {
        let mut dropped = None;
        loop {
            let (ours, theirs) = UnixStream::pair()?;
            let request = json!({"op": "run", "highest": highest, "start": start});
            send(&lease, &request, &[theirs.as_raw_fd(), 0, 1, 2])?;
            drop(theirs);
            let begun: Begun = answer(&mut lease)?;
            let stale = begun.id.and_then(|id| self.why_stale(&id));
            if stale.is_none() {
                return Ok(Served { parent: Parent::warm(ours, lease), layer: begun.layer, dropped });
            }
            drop(ours);
            dropped = stale;
            ask(&mut lease, &json!({"op": "drop", "layer": begun.layer}))?;
        }
    }

    /// What has changed of all that a layer has read.
    fn why_stale(&self, id: &str) -> Option<String> {
        let manifest = self.state.path(&format!("warm-{id}.state"));
        if manifest.is_file() {
            return changed(&manifest, &self.key);
        }
        let nobody_knows = || Some("its list of files".to_owned());
        let list = format!("{}.{id}", self.socket.display());
        let Some(read) = fs::read(list).ok().and_then(|bytes| serde_json::from_slice::<Read>(&bytes).ok())
        else {
            return nobody_knows();
        };
        // It may have changed since then and before this layer began, of which its own list shows nothing.
        let below = || read.below.as_deref().and_then(|below| self.why_stale(below));
        if let Some(stale) = below() {
            return Some(stale);
        }
        let Ok(since) = Duration::try_from_secs_f64(read.began) else { return nobody_knows() };
        let Some(mut recording) = Recording::since(&manifest, SystemTime::UNIX_EPOCH + since, self.key)
        else {
            return nobody_knows();
        };
        recording.files(read.files);
        recording.folders(read.folders);
        recording.finish(b"");
        self.forget_old_layers(id);
        let stale = changed(&manifest, &self.key).or_else(below);
        if stale.is_some() {
            // Another run must not believe it meanwhile.
            let _ = fs::remove_file(&manifest);
        }
        stale
    }

    /// Manifests of layers that are gone: those whose list their server has removed, or whose server is dead.
    fn forget_old_layers(&self, current: &str) {
        let Ok(entries) = fs::read_dir(self.state.path("")) else { return };
        let Some(Ok(lists)) = self.socket.parent().map(fs::read_dir) else { return };
        let lists: Vec<String> =
            lists.flatten().filter_map(|entry| entry.file_name().into_string().ok()).collect();
        for entry in entries.flatten() {
            let name = entry.file_name();
            let Some(id) = name.to_str().and_then(|name| name.strip_prefix("warm-")?.strip_suffix(".state"))
            else {
                continue;
            };
            let pid = id.split('-').next().and_then(|pid| pid.parse::<u32>().ok());
            let has_list = lists.iter().any(|list| list.ends_with(&format!(".sock.{id}")));
            let alive = has_list && pid.is_some_and(|pid| Path::new(&format!("/proc/{pid}")).exists());
            if id != current && !alive {
                let _ = fs::remove_file(entry.path());
            }
        }
    }

    fn connect_anew(&self, start: &Start) -> Result<UnixStream, Failure> {
        let starting = self.start_server(start)?;
        // The other end is closed when the server listens, or is dead.
        poll::readable(&[starting.as_raw_fd()], START)?;
        UnixStream::connect(&self.socket).map_err(|_| Failure::NoServer(self.state.path("warm.log")))
    }

    /// A descriptor that has an end when the server listens.
    fn start_server(&self, start: &Start) -> Result<OwnedFd, Failure> {
        let log = self.state.path("warm.log");
        let write = |error| Failure::Write { path: log.clone(), error };
        let out = self.state.prepare().and_then(|()| fs::File::create(&log)).map_err(write)?;
        let mut command = script::command(self.python, self.state, Entry::Server)
            .map_err(|error| Failure::Write { path: self.state.path("python"), error })?;
        command.arg(&self.socket).arg(serde_json::to_string(start)?).current_dir(self.folder);
        let (starting, started) = memory::pipe()?;
        command.stdin(started).stdout(out.try_clone().map_err(write)?).stderr(out);
        // SAFETY: the hook only calls setsid and prctl, which are safe between fork and exec.
        unsafe {
            command.pre_exec(process::detach);
        }
        let first = command.spawn().and_then(|mut first| first.wait());
        drop(command);
        first.map_err(|error| Failure::Start { path: self.python.to_owned(), error })?;
        let link =
            format!("warm-{}.server", blake3::Hash::from_bytes(self.key).to_hex().get(..20).unwrap_or("x"));
        let _ = self.state.write(&link, self.socket.as_os_str().as_encoded_bytes());
        Ok(starting)
    }
}

fn is(argument: &str, name: &str) -> bool {
    argument == name
        || argument
            .strip_prefix(name)
            .is_some_and(|rest| rest.starts_with('=') || (name.len() == 2 && name != "-x"))
}

fn send(stream: &UnixStream, request: &serde_json::Value, fds: &[i32]) -> Result<(), Failure> {
    let mut bytes = Vec::new();
    OrderFrame::new(Order::Start, &[]).with(request.to_string().into_bytes()).encode(&mut bytes);
    Ok(socket::send_with(stream, &bytes, fds)?)
}

fn ask(stream: &mut UnixStream, request: &serde_json::Value) -> Result<Status, Failure> {
    send(stream, request, &[])?;
    answer(stream)
}

fn answer<T: DeserializeOwned>(stream: &mut UnixStream) -> Result<T, Failure> {
    use std::io::Read as _;
    stream.set_read_timeout(Some(ANSWER))?;
    let mut decoder = Decoder::default();
    let mut bytes = [0; 4096];
    loop {
        if let Some(frame) = decoder.take()?
            && frame.kind == Answer::Hello
        {
            return Ok(serde_json::from_slice(&frame.payload)?);
        }
        match stream.read(&mut bytes)? {
            0 => return Err(Failure::ParentGone(When::Starting, "it hung up".to_owned())),
            count => decoder.push(&bytes[..count]),
        }
    }
}

/// All servers of a workspace: their status, after `operation`.
pub(crate) fn servers(state: &State, operation: &str) -> Vec<Status> {
    let Ok(entries) = fs::read_dir(state.path("")) else { return Vec::new() };
    let mut found = Vec::new();
    for path in entries.flatten().map(|entry| entry.path()) {
        if path.extension().is_none_or(|extension| extension != "server") {
            continue;
        }
        let socket = fs::read_to_string(&path).map(PathBuf::from);
        match socket.and_then(UnixStream::connect) {
            Ok(mut stream) => found.extend(ask(&mut stream, &json!({"op": operation})).ok()),
            Err(_) => drop(fs::remove_file(&path)),
        }
    }
    found
}
