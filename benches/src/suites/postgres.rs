//! A PostgreSQL server of the benchmark's own: a fresh data folder, a free port on loopback, gone with the benchmark.
//!
//! Debian's server refuses to run as root, so a superuser's benchmark runs it as the `postgres` user of Debian's
//! package. `setpriv` ends it when the benchmark is killed.

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// A running server.
#[derive(Debug)]
pub struct Server {
    child: Child,
    port: u16,
}

impl Server {
    /// Starts a server with its data in `folder`, which is emptied.
    pub fn start(folder: &Path) -> io::Result<Self> {
        let programs = programs()?;
        if folder.exists() {
            fs::remove_dir_all(folder)?;
        }
        fs::create_dir_all(folder)?;
        let folder = fs::canonicalize(folder)?;
        let data = folder.join("data");
        let root = fs::metadata("/proc/self")?.uid() == 0;
        let mut make = Command::new("install");
        make.args(["-d", "-m", "700"]).args(if root {
            &["-o", "postgres", "-g", "postgres"][..]
        } else {
            &[]
        });
        let log = folder.join("log");
        finish(make.arg(&data), &log)?;
        let mut init = as_owner(root, &programs.join("initdb"));
        init.args([
            "--username=bench",
            "--auth=trust",
            "--encoding=UTF8",
            "--locale=C.UTF-8",
            "--no-sync",
            "-D",
        ]);
        finish(init.arg(&data), &log)?;
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let mut server = as_owner(root, &programs.join("postgres"));
        server.arg("-D").arg(&data).args(["-p", &port.to_string()]);
        for setting in
            ["listen_addresses=127.0.0.1", "unix_socket_directories=", "fsync=off", "max_connections=64"]
        {
            server.args(["-c", setting]);
        }
        let child = quiet(&mut server, &log)?.spawn()?;
        let mut server = Self { child, port };
        server.wait_until_it_answers(&log)?;
        Ok(server)
    }

    /// What libpq's users need to know.
    pub fn environment(&self) -> Vec<(String, String)> {
        [
            ("PGHOST", "127.0.0.1".to_owned()),
            ("PGPORT", self.port.to_string()),
            ("PGUSER", "bench".to_owned()),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .to_vec()
    }

    fn wait_until_it_answers(&mut self, log: &Path) -> io::Result<()> {
        for _ in 0..100 {
            std::thread::sleep(Duration::from_millis(100));
            if self.child.try_wait()?.is_some() {
                break;
            }
            let ready =
                fs::read_to_string(log).is_ok_and(|text| text.contains("ready to accept connections"));
            if ready && TcpStream::connect(("127.0.0.1", self.port)).is_ok() {
                return Ok(());
            }
        }
        Err(io::Error::other(format!("PostgreSQL did not start, see {}", log.display())))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // SIGINT is PostgreSQL's fast shutdown.
        let _ = Command::new("kill").args(["-INT", &self.child.id().to_string()]).status();
        let _ = self.child.wait();
    }
}

/// The server's programs, which Debian keeps out of PATH: the newest version's folder.
fn programs() -> io::Result<PathBuf> {
    let mut versions: Vec<_> = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .filter_map(|entry| Some(entry.ok()?.path().join("bin")))
        .filter(|bin| bin.join("postgres").is_file() && bin.join("initdb").is_file())
        .collect();
    versions.sort();
    versions.pop().ok_or_else(|| io::Error::other("PostgreSQL is not installed: apt-get install postgresql"))
}

fn as_owner(root: bool, program: &Path) -> Command {
    let mut command = Command::new("setpriv");
    command.args(["--pdeathsig", "INT"]);
    if root {
        command.args(["--reuid", "postgres", "--regid", "postgres", "--clear-groups"]);
    }
    command.arg("--").arg(program).current_dir("/");
    command
}

fn quiet<'c>(command: &'c mut Command, log: &Path) -> io::Result<&'c mut Command> {
    let file = File::options().create(true).append(true).open(log)?;
    Ok(command.stdin(Stdio::null()).stdout(file.try_clone()?).stderr(file))
}

fn finish(command: &mut Command, log: &Path) -> io::Result<()> {
    if quiet(command, log)?.status()?.success() {
        return Ok(());
    }
    let mut text = String::new();
    File::open(log)?.read_to_string(&mut text)?;
    let last = text.lines().last().unwrap_or_default();
    Err(io::Error::other(format!("{:?} failed: {last}", command.get_program())))
}
