//! The text of a script: lines, then files.

/// A script, read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Script {
    pub name: String,
    /// Without blanks and comments, with their numbers.
    pub lines: Vec<(usize, String)>,
    pub files: Vec<(String, String)>,
    /// Which stages it wants: `toy` or `real`.
    pub stages: String,
}

impl Script {
    pub fn parse(name: &str, text: &str) -> Script {
        let mut script =
            Script { name: name.to_owned(), lines: Vec::new(), files: Vec::new(), stages: "real".into() };
        for (number, line) in (1..).zip(text.lines()) {
            let marker = line.strip_prefix("-- ").and_then(|rest| rest.strip_suffix(" --"));
            if let Some(file) = marker {
                script.files.push((file.trim().to_owned(), String::new()));
            } else if let Some((_, content)) = script.files.last_mut() {
                content.push_str(line);
                content.push('\n');
            } else if let Some(stages) = line.strip_prefix("# stages: ") {
                script.stages = stages.trim().to_owned();
            } else if !line.trim().is_empty() && !line.starts_with('#') {
                script.lines.push((number, line.to_owned()));
            }
        }
        script
    }
}

/// Words of a line; single quotes keep blanks, `\n` in quotes is a line's end.
pub(super) fn words(line: &str) -> Vec<String> {
    let mut out = Vec::new();
    let mut word: Option<String> = None;
    let mut quoted = false;
    for c in line.chars() {
        match c {
            '\'' => {
                quoted = !quoted;
                word.get_or_insert_default();
            }
            c if c.is_whitespace() && !quoted => out.extend(word.take()),
            c => word.get_or_insert_default().push(c),
        }
    }
    out.extend(word);
    out.iter().map(|word| word.replace("\\n", "\n")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scripts_are_lines_then_files() {
        let script =
            Script::parse("x", "# stages: toy\n\nbuild 'a b'\n-- a b/c.py --\nx = 1\n\n# kept\n-- d --\n");
        assert_eq!(script.lines, [(3, "build 'a b'".to_owned())]);
        assert_eq!(script.files[0], ("a b/c.py".to_owned(), "x = 1\n\n# kept\n".to_owned()));
        assert_eq!((script.files.len(), script.stages.as_str()), (2, "toy"));
        assert_eq!(words("a 'b c' '' d\\n"), ["a", "b c", "", "d\n"]);
    }
}
