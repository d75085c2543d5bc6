//! What can go wrong, and what must hold of the run in which it did.

use std::fs;
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use super::check::{Permit, Told, same, sound};
use super::damage::damage;
use super::numbers::Numbers;
use super::world::{Mode, Running, World};

#[derive(Clone, Copy, Debug)]
pub(crate) enum Fault {
    KilledWorkers,
    KilledParent,
    KilledRunner,
    KilledServer,
    Crashes,
    Hangs,
    FullDisk,
    DamagedState,
    DamagedWarm,
    TwoRuns,
}

const ALL: [Fault; 10] = [
    Fault::KilledWorkers,
    Fault::KilledParent,
    Fault::KilledRunner,
    Fault::KilledServer,
    Fault::Crashes,
    Fault::Hangs,
    Fault::FullDisk,
    Fault::DamagedState,
    Fault::DamagedWarm,
    Fault::TwoRuns,
];

impl Fault {
    pub(crate) fn choose(numbers: &mut Numbers) -> Fault {
        *numbers.choose(&ALL)
    }
}

/// Runs once under a fault.
pub(crate) fn suffer(world: &World, fault: Fault, numbers: &mut Numbers) {
    let mode = Mode::choose(numbers);
    println!("          {mode:?}");
    match fault {
        Fault::KilledWorkers => killed_workers(world, mode, numbers),
        Fault::KilledParent => killed_parent(world, mode, numbers),
        Fault::KilledRunner => killed_runner(world, mode, numbers),
        Fault::KilledServer => killed_server(world, numbers),
        Fault::Crashes => crashes(world, mode, numbers),
        Fault::Hangs => hangs(world, mode, numbers),
        Fault::FullDisk => full_disk(world, mode, numbers),
        Fault::DamagedState => damaged(world, mode, &world.state(), numbers),
        Fault::DamagedWarm => damaged_warm(world, numbers),
        Fault::TwoRuns => two_runs(world, numbers),
    }
    world.expect_no_orphans();
}

fn kill(pid: u32) {
    // SAFETY: kill takes numbers; the process was one of ours a moment ago.
    unsafe {
        libc::kill(pid as libc::pid_t, libc::SIGKILL);
    }
}

fn moment(world: &World, numbers: &mut Numbers) -> Duration {
    numbers.moment(world.usual * 5 / 4)
}

fn killed_workers(world: &World, mode: Mode, numbers: &mut Numbers) {
    let mut running = world.start(mode, &[]);
    let mut moments: Vec<Duration> = (0..1 + numbers.below(3)).map(|_| moment(world, numbers)).collect();
    moments.sort();
    let mut killed = 0;
    for moment in moments {
        if running.wait_until(moment)
            && let workers = world.workers()
            && !workers.is_empty()
        {
            kill(*numbers.choose(&workers));
            killed += 1;
        }
    }
    let told = running.finish(world);
    let permit = Permit { blamed: killed, ..Permit::default() };
    match told.status {
        Some(3) => {
            assert!(told.says("died at the end of its session"), "{told}");
            sound(&told, &world.truth(), &Permit { cut_short: &[Some(3)], ..permit });
        }
        // Both found the same file being collected, which is blamed for that.
        Some(2) if killed > 1 => {
            assert!(told.says("ERROR collecting"), "{told}");
            sound(&told, &world.truth(), &Permit { cut_short: &[Some(2)], ..permit });
        }
        _ => sound(&told, &world.truth(), &permit),
    }
}

fn parent_of(pid: u32) -> Option<u32> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    stat.rsplit(") ").next()?.split(' ').nth(1)?.parse().ok()
}

fn killed_parent(world: &World, mode: Mode, numbers: &mut Numbers) {
    let mut running = world.start(mode, &[]);
    let when = moment(world, numbers);
    if running.wait_until(when) {
        let parents: Vec<u32> = match world.workers().first() {
            Some(worker) => parent_of(*worker).into_iter().collect(),
            None if mode.warm => Vec::new(),
            None => world
                .project
                .processes()
                .into_iter()
                .filter(|pid| parent_of(*pid) == Some(running.pid()))
                .collect(),
        };
        parents.into_iter().filter(|pid| *pid != running.pid()).for_each(kill);
    }
    let told = running.finish(world);
    sound(&told, &world.truth(), &Permit { cut_short: &[Some(3)], ..Permit::default() });
}

fn killed_runner(world: &World, mode: Mode, numbers: &mut Numbers) {
    let mut running = world.start(mode, &[]);
    if running.wait_until(moment(world, numbers)) {
        kill(running.pid());
    }
    let told = running.finish(world);
    sound(&told, &world.truth(), &Permit { cut_short: &[None], ..Permit::default() });
}

/// A server, one of its layers, or all of them die: the run goes on, or begins anew.
fn killed_server(world: &World, numbers: &mut Numbers) {
    let mode = Mode { warm: true, workers: 1 + numbers.below(4) };
    world.without_children();
    let kill_some = |numbers: &mut Numbers| {
        let layers = world.warm();
        if numbers.once_in(3) {
            layers.into_iter().for_each(kill);
        } else if !layers.is_empty() {
            kill(*numbers.choose(&layers));
        }
    };
    if numbers.once_in(2) {
        kill_some(numbers);
    }
    let mut running = world.start(mode, &[]);
    if running.wait_until(moment(world, numbers)) {
        kill_some(numbers);
    }
    let told = running.finish(world);
    same(&told, &world.truth());
}

const CRASHES: [&str; 5] = [
    "os.abort()",
    "os._exit(0)",
    "os._exit(3)",
    "os.kill(os.getpid(), signal.SIGSEGV)",
    "os.kill(os.getpid(), signal.SIGKILL)",
];

/// A file of tests that go wrong, between tests that do not.
fn with_bad_tests(world: &World, bodies: &[String], fixture: &str, arguments: &[&str], mode: Mode) {
    let file = "tests/test_bad.py";
    let mut text = format!("import os, signal, time\nimport pytest\n{fixture}\n");
    let mut truth = world.truth();
    for (at, body) in bodies.iter().enumerate() {
        text.push_str(&format!("def test_good_{at}(): pass\n{body}\n"));
        truth.insert(format!("{file}::test_good_{at}"), vec!["passed".to_owned()]);
        truth.insert(format!("{file}::test_bad_{at}"), vec!["failed".to_owned()]);
    }
    world.project.write(file, &text);
    let told = world.run(mode, arguments);
    fs::remove_file(world.project.path().join(file)).unwrap();
    sound(&told, &truth, &Permit::default());
}

fn crashes(world: &World, mode: Mode, numbers: &mut Numbers) {
    let bodies: Vec<String> = (0..1 + numbers.below(3))
        .map(|at| {
            let crash = numbers.choose(&CRASHES);
            match numbers.below(3) {
                0 => format!("def test_bad_{at}(bad_start): {crash}"),
                1 => format!("class TestBad:\n    pass\ndef test_bad_{at}(capfd): print('x'); {crash}"),
                _ => format!("def test_bad_{at}(): {crash}"),
            }
        })
        .collect();
    let crash = numbers.choose(&CRASHES);
    with_bad_tests(world, &bodies, &format!("@pytest.fixture\ndef bad_start(): {crash}"), &[], mode);
}

fn hangs(world: &World, mode: Mode, numbers: &mut Numbers) {
    let fixture =
        "@pytest.fixture\ndef slow(): time.sleep(600)\n@pytest.fixture\ndef never():\n    while True: pass\n";
    let body = match numbers.below(4) {
        0 => "def test_bad_0(slow): pass",
        1 => "def test_bad_0(never): pass",
        2 => {
            "def test_bad_0():\n    while True:\n        try: time.sleep(600)\n        except BaseException: pass"
        }
        _ => "def test_bad_0(): time.sleep(600)",
    };
    with_bad_tests(world, &[body.to_owned()], fixture, &["--timeout", "1.5"], mode);
}

/// Nothing can be written below `.dx`: a file system of a few pages where one may be mounted, in a name space that ends
/// with the run; a folder that may not be written otherwise.
fn full_disk(world: &World, mode: Mode, numbers: &mut Numbers) {
    let state = world.state();
    fs::create_dir_all(&state).unwrap();
    let pages = [4, 16, 64, 256][numbers.below(4)];
    let script = format!(
        "if unshare --mount --map-root-user true 2>/dev/null; then \
         exec unshare --mount --map-root-user sh -c 'mount -t tmpfs -o size={pages}k none .dx && exec \"$0\" \"$@\"' \"$@\"; fi; \
         chmod a-w .dx .dx/testrun 2>/dev/null; exec \"$@\""
    );
    let arguments =
        [if mode.warm { "--warm" } else { "--no-warm" }, "-n", &mode.workers.to_string()].map(str::to_owned);
    let inner = world.project.dx(&arguments.iter().map(String::as_str).collect::<Vec<_>>());
    let mut command = world.project.command(Path::new("sh"));
    command.arg("-c").arg(script).arg("sh").arg(inner.get_program()).args(inner.get_args());
    let told = world.spawn(mode, command).finish(world);
    let _ = Command::new("chmod").args(["-R", "u+w"]).arg(&state).status();
    same(&told, &world.truth());
}

/// Files are damaged before a run, and again while it goes on. Sources of ours that are damaged after they were looked at
/// end the run, with a word.
fn damaged(world: &World, mode: Mode, folder: &Path, numbers: &mut Numbers) {
    damage(folder, numbers);
    let mut running = world.start(mode, &[]);
    if numbers.once_in(2) && running.wait_until(moment(world, numbers)) {
        damage(folder, numbers);
    }
    let told = running.finish(world);
    let seen = told.status == Some(3) && told.says("was damaged while it was read");
    sound(
        &told,
        &world.truth(),
        &Permit { cut_short: if seen { &[Some(3)] } else { &[] }, ..Permit::default() },
    );
}

/// What warm servers keep for themselves is damaged, or somebody else sits at their socket.
fn damaged_warm(world: &World, numbers: &mut Numbers) {
    let mode = Mode { warm: true, workers: 1 + numbers.below(4) };
    let folder = world.project.runtime.path().join("dx-testrun");
    if numbers.once_in(2) {
        damaged(world, mode, &folder, numbers);
        return;
    }
    let sockets = super::check::files_below(&folder)
        .into_iter()
        .filter(|path| path.extension() == Some("sock".as_ref()));
    let strangers: Vec<UnixListener> = sockets
        .filter_map(|path| {
            let _ = fs::remove_file(&path);
            UnixListener::bind(path).ok()
        })
        .collect();
    let told = world.run(mode, &[]);
    same(&told, &world.truth());
    drop(strangers);
}

fn two_runs(world: &World, numbers: &mut Numbers) {
    let running: Vec<Running> = (0..2 + numbers.below(2))
        .map(|_| {
            std::thread::sleep(numbers.moment(world.usual / 4));
            world.start(Mode::choose(numbers), &[])
        })
        .collect();
    let told: Vec<Told> = running.into_iter().map(|running| running.finish(world)).collect();
    told.iter().for_each(|told| same(told, &world.truth()));
}
