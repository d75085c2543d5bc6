//! A folder with a source tree, a cache of its own and a choice of stages, for tests that are no scripts.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use crate::script::binaries;

pub struct Sandbox {
    folder: tempfile::TempDir,
}

impl Sandbox {
    /// With the toy stages.
    pub fn toy() -> Sandbox {
        Sandbox::with("toy")
    }

    /// With the stages that are shipped, and dx-exec.
    pub fn real() -> Sandbox {
        Sandbox::with("dx")
    }

    fn with(kind: &str) -> Sandbox {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let sandbox = Sandbox { folder };
        fs::create_dir_all(sandbox.tree().join(".git")).expect("a tree");
        fs::create_dir_all(sandbox.stages()).expect("a folder for stages");
        for stage in ["parse", "index", "codegen", "exec"] {
            let stage_kind = if stage == "exec" { "dx" } else { kind };
            let file = binaries().join(format!("{stage_kind}-{stage}"));
            assert!(file.is_file(), "`{}` is not built; `make test` builds it first", file.display());
            symlink(file, sandbox.stages().join(format!("dx-{stage}"))).expect("a link");
        }
        sandbox
    }

    pub fn tree(&self) -> PathBuf {
        self.folder.path().join("tree")
    }

    pub fn stages(&self) -> PathBuf {
        self.folder.path().join("stages")
    }

    pub fn cache(&self) -> PathBuf {
        self.folder.path().join("cache")
    }

    pub fn write(&self, name: &str, text: &str) {
        let path = self.tree().join(name);
        fs::create_dir_all(path.parent().unwrap_or(Path::new("/"))).expect("a folder");
        fs::write(path, text).expect("a file");
    }

    pub fn remove(&self, name: &str) {
        fs::remove_file(self.tree().join(name)).expect("a file that is there");
    }

    /// `dx-pipe` with its surroundings set, not yet started.
    pub fn pipe(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(binaries().join("dx-pipe"));
        command
            .args(arguments)
            .current_dir(self.tree())
            .env("DX_STAGES", self.stages())
            .env("DX_CACHE", self.cache())
            .env_remove("MAKEFLAGS")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    pub fn run(&self, arguments: &[&str]) -> Output {
        self.pipe(arguments).output().expect("dx-pipe starts")
    }

    /// Runs and wants success.
    pub fn ok(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "dx-pipe {arguments:?}: {}\n{stderr}", output.status);
        stderr
    }

    /// Everything that the last builds made, as one deterministic archive: equal archives, equal artifacts and records.
    pub fn export(&self) -> Vec<u8> {
        let file = self.folder.path().join("export");
        self.ok(&["cache", "export", "-o", &file.to_string_lossy()]);
        fs::read(file).expect("an archive")
    }
}

/// Numbers that look random and are the same in every run (an LCG; Knuth's constants).
pub struct Numbers(pub u64);

impl Numbers {
    pub fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (self.0 >> 33) % bound
    }
}

/// Rounds of a test: few, or many when `make soak` asks.
pub fn rounds(few: u64, many: u64) -> u64 {
    if std::env::var_os("DX_SOAK").is_some() { many } else { few }
}
