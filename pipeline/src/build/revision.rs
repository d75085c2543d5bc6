//! The outline of what has changed since a revision, as it was: the text of changed sources comes from git, and is built
//! in a workspace of its own, through the same cache.
//!
//! Whatever is missing here (no git, an unknown revision, a file with errors) is compared as a whole by dx-testrun, which
//! also says what is wrong with the revision.

use std::fs;
use std::io::Write;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::outline::outline_of;
use super::{Options, Workspace};

/// Where the outline lies.
pub(crate) fn outline_at(revision: &str, options: &Options) -> Option<PathBuf> {
    let workspace = Workspace::find(Path::new(".")).ok()?;
    // Not below `.dx`, where nothing is looked for; and nobody else's.
    let folder = std::env::temp_dir().join(format!("dx-since-{}", std::process::id()));
    fs::DirBuilder::new().mode(0o700).create(&folder).ok()?;
    let folder = fs::canonicalize(folder).ok()?;
    let built = build(&workspace, revision, &folder, options);
    let _ = fs::remove_dir_all(&folder);
    built
}

fn build(workspace: &Workspace, revision: &str, folder: &Path, options: &Options) -> Option<PathBuf> {
    let root = &workspace.root;
    let names = git(
        root,
        &["diff", "--name-only", "--relative", "--diff-filter=MDT", "--no-renames", "-z", "--end-of-options"],
        &[revision, "--", "*.py"],
        b"",
    )?;
    let names: Vec<&str> =
        names.split(|byte| *byte == 0).filter_map(|name| std::str::from_utf8(name).ok()).collect();
    let names: Vec<&str> =
        names.into_iter().filter(|name| !name.is_empty() && !name.contains('\n')).collect();
    let asked: String = names.iter().map(|name| format!("{revision}:./{name}\n")).collect();
    let mut blobs = git(root, &["cat-file", "--batch"], &[], asked.as_bytes())?;
    for name in names {
        let (text, rest) = blob(&blobs)?;
        if let Some(text) = text {
            let path = folder.join(name);
            fs::create_dir_all(path.parent()?).ok()?;
            fs::write(&path, text).ok()?;
        }
        blobs = rest.to_vec();
    }
    let then = Workspace { root: folder.to_path_buf(), ..workspace.clone() };
    let made = outline_of(then, options).ok()?;
    // The runner sweeps it away when it is old.
    let kept = workspace.dx().join("testrun").join(format!("since-{}.tmp", std::process::id()));
    fs::copy(made, &kept).ok()?;
    Some(kept)
}

/// The first answer of `cat-file --batch`, nothing where there is no such file; and the others.
fn blob(answers: &[u8]) -> Option<(Option<&[u8]>, &[u8])> {
    let end = answers.iter().position(|byte| *byte == b'\n')?;
    let (line, rest) = (std::str::from_utf8(&answers[..end]).ok()?, &answers[end + 1..]);
    if line.ends_with(" missing") {
        return Some((None, rest));
    }
    let size: usize = line.rsplit(' ').next()?.parse().ok()?;
    Some((Some(rest.get(..size)?), rest.get(size + 1..)?))
}

fn git(folder: &Path, options: &[&str], rest: &[&str], input: &[u8]) -> Option<Vec<u8>> {
    let mut command = Command::new("git");
    command.arg("-C").arg(folder).args(options).args(rest);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = command.spawn().ok()?;
    let mut stdin = child.stdin.take()?;
    let input = input.to_vec();
    // It answers before it has read all.
    let writer = std::thread::spawn(move || stdin.write_all(&input));
    let output = child.wait_with_output().ok()?;
    let _ = writer.join();
    output.status.success().then_some(output.stdout)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_taken_one_by_one() {
        let (text, rest) = blob(b"1f blob 3\na\nb\nx missing\n").unwrap();
        assert_eq!(text, Some(&b"a\nb"[..]));
        assert_eq!(blob(rest).unwrap(), (None, &b""[..]));
        assert_eq!(blob(b"1f blob 30\nab\n"), None);
    }
}
