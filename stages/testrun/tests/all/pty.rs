//! Programs whose screen is read as it is written: on a terminal of their own, or on a pipe.

use std::fs::File;
use std::io::{Read, Write};
use std::os::fd::{AsRawFd, FromRawFd};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

/// How long anything may take to be said.
const PATIENCE: Duration = Duration::from_secs(60);

/// What a program writes.
pub(crate) struct Screen {
    bytes: Receiver<Vec<u8>>,
    seen: String,
    /// Up to where it was looked at.
    at: usize,
}

impl Screen {
    pub(crate) fn of(mut reader: impl Read + Send + 'static) -> Screen {
        let (say, bytes) = channel();
        std::thread::spawn(move || {
            let mut buffer = [0; 4096];
            while let Ok(count @ 1..) = reader.read(&mut buffer) {
                if say.send(buffer[..count].to_vec()).is_err() {
                    break;
                }
            }
        });
        Screen { bytes, seen: String::new(), at: 0 }
    }

    /// Waits until something new with this text was written; everything new up to its end.
    pub(crate) fn until(&mut self, text: &str) -> String {
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Some(found) = self.seen[self.at..].find(text) {
                let new = self.seen[self.at..self.at + found + text.len()].to_owned();
                self.at += new.len();
                return new;
            }
            match self.bytes.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
                Ok(bytes) => self.take(&bytes),
                Err(_) => panic!("'{text}' was never said:\n{}", self.seen),
            }
        }
    }

    pub(crate) fn seen(&self) -> &str {
        &self.seen
    }

    /// Reads until nobody writes any more.
    pub(crate) fn drain(&mut self) {
        while let Ok(bytes) = self.bytes.recv_timeout(PATIENCE) {
            self.take(&bytes);
        }
    }

    fn take(&mut self, bytes: &[u8]) {
        self.seen.push_str(&String::from_utf8_lossy(bytes));
    }
}

/// A program on a terminal of its own.
pub(crate) struct Terminal {
    child: Child,
    keyboard: File,
    screen: Screen,
    /// The flags of its mode before the program came.
    pub(crate) first: libc::tcflag_t,
}

/// The program's side of a terminal, which stays when the program ends.
pub(crate) struct Side(File);

impl Side {
    /// The flags of the line's mode.
    pub(crate) fn mode(&self) -> libc::tcflag_t {
        flags(&self.0)
    }
}

fn flags(terminal: &File) -> libc::tcflag_t {
    let mut mode = std::mem::MaybeUninit::<libc::termios>::uninit();
    // SAFETY: tcgetattr fills the mode when it returns 0.
    unsafe {
        assert_eq!(libc::tcgetattr(terminal.as_raw_fd(), mode.as_mut_ptr()), 0);
        mode.assume_init().c_lflag
    }
}

/// The flags of the mode that a program's terminal has.
pub(crate) fn mode_of(terminal: &Terminal) -> libc::tcflag_t {
    flags(&terminal.keyboard)
}

impl Terminal {
    pub(crate) fn start(mut command: Command) -> Terminal {
        let (mut master, mut slave) = (0, 0);
        let size = libc::winsize { ws_row: 40, ws_col: 100, ws_xpixel: 0, ws_ypixel: 0 };
        // SAFETY: both numbers are written, the size is read, and the two null pointers are allowed.
        let made =
            unsafe { libc::openpty(&mut master, &mut slave, std::ptr::null_mut(), std::ptr::null(), &size) };
        assert_eq!(made, 0, "{}", std::io::Error::last_os_error());
        // SAFETY: the descriptors were just made and belong to nobody else.
        let (master, slave) = unsafe { (File::from_raw_fd(master), File::from_raw_fd(slave)) };
        // SAFETY: takes a descriptor and numbers.
        unsafe { libc::fcntl(master.as_raw_fd(), libc::F_SETFD, libc::FD_CLOEXEC) };
        let other = || slave.try_clone().unwrap();
        command.stdin(other()).stdout(other()).stderr(other());
        command.env("NO_COLOR", "1").env("PYTHON_BASIC_REPL", "1");
        // SAFETY: both calls may be made between fork and exec.
        unsafe {
            command.pre_exec(|| {
                libc::setsid();
                libc::ioctl(0, libc::TIOCSCTTY, 0);
                Ok(())
            });
        }
        let first = flags(&slave);
        let child = command.spawn().unwrap();
        drop((slave, command));
        let screen = Screen::of(master.try_clone().unwrap());
        Terminal { child, keyboard: master, screen, first }
    }

    /// Waits until something new with this text is on the screen.
    pub(crate) fn expect(&mut self, text: &str) {
        self.screen.until(text);
    }

    /// Types these keys.
    pub(crate) fn keys(&mut self, keys: &str) {
        self.keyboard.write_all(keys.as_bytes()).unwrap();
    }

    pub(crate) fn say(&mut self, line: &str) {
        self.keys(&format!("{line}\n"));
    }

    pub(crate) fn signal(&self, signal: i32) {
        // SAFETY: kill takes numbers.
        unsafe { libc::kill(self.child.id() as i32, signal) };
    }

    /// Waits until the terminal's mode is so.
    pub(crate) fn wait_for_mode(&self, wanted: impl Fn(libc::tcflag_t) -> bool) {
        let deadline = Instant::now() + PATIENCE;
        while !wanted(mode_of(self)) {
            assert!(Instant::now() < deadline, "the mode stays {:o}:\n{}", mode_of(self), self.screen.seen());
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// Keeps the program's side of the terminal beyond its end.
    pub(crate) fn keep_screen(&self) -> Side {
        let name = format!("/proc/{}/fd/0", self.child.id());
        let mut options = File::options();
        std::os::unix::fs::OpenOptionsExt::custom_flags(options.read(true).write(true), libc::O_NOCTTY);
        Side(options.open(name).unwrap())
    }

    /// Its status and everything that it wrote.
    pub(crate) fn end(mut self) -> (i32, String) {
        let deadline = Instant::now() + PATIENCE;
        let status = loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                break status.code().unwrap_or(-1);
            }
            if let Ok(bytes) = self.screen.bytes.recv_timeout(Duration::from_millis(10)) {
                self.screen.take(&bytes);
            }
            assert!(Instant::now() < deadline, "it does not end:\n{}", self.screen.seen);
        };
        while let Ok(bytes) = self.screen.bytes.recv_timeout(Duration::from_millis(200)) {
            self.screen.take(&bytes);
        }
        (status, std::mem::take(&mut self.screen.seen))
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
