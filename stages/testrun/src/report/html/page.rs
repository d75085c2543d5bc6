//! The page itself. Whatever comes from a project passes through `ansi.rs` on its way; nothing else knows HTML.

use std::fmt::Write as _;
use std::time::{SystemTime, UNIX_EPOCH};

use dx_schemas::testrun::Outcome;

use super::ansi::{escape, to_html};
use super::{Detail, FileNote, Row, Run, timeline};

const STYLE: &str = include_str!("style.css");
const SCRIPT: &str = include_str!("script.js");
/// Rows of the table of slowest tests.
const SLOWEST: usize = 20;
/// Failures that are shown unfolded; more would bury the rest of the page.
const OPEN: usize = 20;
/// Names of deselected tests that are listed.
const LEFT_OUT: usize = 2000;
/// Bytes of one text. Of a longer one, the first and the last half are shown.
const TEXT_MAX: usize = 1 << 20;

pub(super) fn render(run: &Run) -> String {
    let title = format!("{}: {}", folder_name(run), verdict(run));
    let mut out = String::with_capacity(1 << 16);
    let _ = write!(
        out,
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\">\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; \
         script-src 'unsafe-inline'\">\n<title>{}</title>\n<style>\n{STYLE}</style></head><body>\n",
        escape(&title)
    );
    summary(&mut out, run);
    failures(&mut out, run);
    leaks(&mut out, run);
    notes(&mut out, run);
    slowest(&mut out, run);
    let picture = timeline::draw(&run.tests);
    if !picture.is_empty() {
        let _ = write!(out, "<h2>Workers</h2>\n<div class=timeline>{picture}</div>\n");
    }
    every_test(&mut out, run);
    left_out(&mut out, run);
    how(&mut out, run);
    let _ = write!(out, "<script>\n{SCRIPT}</script>\n</body></html>\n");
    out
}

fn folder_name(run: &Run) -> String {
    run.call.folder.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

fn verdict(run: &Run) -> String {
    let broken = run.files.iter().filter(|file| file.category != "skipped").count() as u64;
    let mut parts: Vec<String> = Vec::new();
    let mut counted = |count: u64, what: &str| {
        if count > 0 {
            parts.push(format!("{count} {what}"));
        }
    };
    run.counts.iter().for_each(|(outcome, count)| counted(*count, outcome.name()));
    counted(broken, "not collected");
    counted(run.deselected, "deselected");
    if parts.is_empty() { "no tests ran".to_owned() } else { parts.join(", ") }
}

fn summary(out: &mut String, run: &Run) {
    let (class, word) = match run.status {
        0 => ("p", "passed"),
        1 => ("f", "failed"),
        2 => ("f", "interrupted"),
        5 => ("s", "no tests"),
        _ => ("f", "error"),
    };
    let _ = writeln!(
        out,
        "<header class={class}><h1>{}: {word}</h1><p>{} in {}, exit status {}</p></header>",
        escape(&folder_name(run)),
        verdict(run),
        duration(run.seconds),
        run.status
    );
}

fn failures(out: &mut String, run: &Run) {
    let broken: Vec<&FileNote> = run.files.iter().filter(|file| file.category != "skipped").collect();
    let failed: Vec<&Row> = run.tests.iter().filter(|row| is_failed(row)).collect();
    let recovered: Vec<&Row> =
        run.tests.iter().filter(|row| !is_failed(row) && !row.details.is_empty()).collect();
    if !broken.is_empty() || !failed.is_empty() {
        let _ = writeln!(out, "<h2>Failures</h2>");
    }
    for file in broken {
        let _ = write!(
            out,
            "<details open class=e><summary>{} <b>not collected</b></summary>\n{}</details>\n",
            escape(&file.id),
            preformatted(&file.text)
        );
    }
    for (number, row) in failed.into_iter().enumerate() {
        let open = if number < OPEN { " open" } else { "" };
        let _ = writeln!(
            out,
            "<details{open} class={}><summary>{} <b>{}</b> {}</summary>",
            class_of(row),
            escape(&row.id),
            words(row),
            duration(row.seconds)
        );
        row.details.iter().for_each(|detail| failure(out, detail, row.tries));
        let _ = writeln!(out, "</details>");
    }
    if !recovered.is_empty() {
        let _ = writeln!(out, "<h2>Passed at last</h2>");
    }
    for row in recovered {
        let how = if row.order_dependent { "order-dependent" } else { "flaky" };
        let _ = writeln!(out, "<details class=s><summary>{} <b>{how}</b></summary>", escape(&row.id));
        row.details.iter().for_each(|detail| failure(out, detail, row.tries));
        let _ = writeln!(out, "</details>");
    }
}

fn failure(out: &mut String, detail: &Detail, tries: u32) {
    let mut head = Vec::new();
    if tries > 1 {
        head.push(format!("try {}", detail.attempt + 1));
    }
    if !detail.when.is_empty() {
        head.push(format!("in {}", detail.when));
    }
    if !detail.place.is_empty() {
        head.push(detail.place.clone());
    }
    if !head.is_empty() {
        let _ = writeln!(out, "<p>{}</p>", escape(&head.join(", ")));
    }
    out.push_str(&preformatted(&detail.text));
    for (title, content) in &detail.sections {
        let _ = write!(out, "<h4>{}</h4>\n{}", escape(title), preformatted(content));
    }
}

fn preformatted(text: &str) -> String {
    format!("<pre>{}</pre>\n", to_html(&shortened(text)))
}

/// The text, or its beginning and its end.
fn shortened(text: &str) -> String {
    if text.len() <= TEXT_MAX {
        return text.to_owned();
    }
    let boundary = |mut at: usize| {
        while !text.is_char_boundary(at) {
            at += 1;
        }
        at
    };
    let (first, last) = (boundary(TEXT_MAX / 2), boundary(text.len() - TEXT_MAX / 2));
    format!("{}\n[dx: {} bytes are left out here]\n{}", &text[..first], last - first, &text[last..])
}

fn leaks(out: &mut String, run: &Run) {
    if run.leaks.is_empty() {
        return;
    }
    let _ = writeln!(out, "<h2>Left behind</h2>\n<table><thead><tr><th>test<th>what it did</thead><tbody>");
    for (id, text) in &run.leaks {
        let _ = writeln!(out, "<tr class=s><td>{}<td>{}", escape(id), escape(text));
    }
    let _ = writeln!(out, "</tbody></table>");
}

fn notes(out: &mut String, run: &Run) {
    if run.notes.is_empty() {
        return;
    }
    let _ = writeln!(out, "<h2>Notes</h2>\n<ul>");
    for note in &run.notes {
        let _ = writeln!(out, "<li>{}", to_html(&shortened(note)));
    }
    let _ = writeln!(out, "</ul>");
}

fn slowest(out: &mut String, run: &Run) {
    let mut rows: Vec<&Row> = run.tests.iter().collect();
    rows.sort_by(|a, b| b.seconds.total_cmp(&a.seconds));
    if rows.len() < 2 {
        return;
    }
    let _ = writeln!(
        out,
        "<h2>Slowest</h2>\n<table><thead><tr><th>test<th class=n>time<th class=n>set-up<th class=n>call<th class=n>teardown</thead><tbody>"
    );
    for row in rows.into_iter().take(SLOWEST) {
        let _ = write!(
            out,
            "<tr class={}><td>{}<td class=n>{}",
            class_of(row),
            escape(&row.id),
            duration(row.seconds)
        );
        for time in row.times_us {
            let _ = write!(out, "<td class=n>{}", duration(f64::from(time) / 1e6));
        }
        out.push('\n');
    }
    let _ = writeln!(out, "</tbody></table>");
}

fn every_test(out: &mut String, run: &Run) {
    let skipped: Vec<&FileNote> = run.files.iter().filter(|file| file.category == "skipped").collect();
    let explained = run.tests.iter().any(|row| row.why.is_some());
    let _ = write!(
        out,
        "<h2>Tests</h2>\n<form id=filter hidden><input type=search placeholder=\"part of an id\">"
    );
    for (outcome, count) in &run.counts {
        let _ = write!(
            out,
            " <label><input type=checkbox checked value={}> {count} {}</label>",
            class(*outcome),
            outcome.name()
        );
    }
    let why = if explained { "<th>selected because" } else { "" };
    let _ = writeln!(
        out,
        "</form>\n<table id=tests><thead><tr><th>test<th>outcome<th class=n>time<th class=n>worker<th>note{why}</thead><tbody>"
    );
    for row in &run.tests {
        let _ = write!(
            out,
            "<tr class={}><td>{}<td>{}<td class=n data-v={:.6}>{}<td class=n>{}<td>{}",
            class_of(row),
            escape(&row.id),
            words(row),
            row.seconds,
            duration(row.seconds),
            row.worker,
            note(row)
        );
        if explained {
            let _ = write!(out, "<td>{}", escape(row.why.as_deref().unwrap_or_default()));
        }
        out.push('\n');
    }
    for file in skipped {
        let _ = writeln!(
            out,
            "<tr class=s><td>{}<td>skipped<td class=n data-v=0><td class=n><td>{}",
            escape(&file.id),
            escape(&file.text)
        );
    }
    let _ = writeln!(out, "</tbody></table>");
}

fn note(row: &Row) -> String {
    let mut parts = Vec::new();
    if row.order_dependent {
        parts.push("passes only after the whole session was collected".to_owned());
    } else if row.tries > 1 {
        parts.push(format!("{} tries", row.tries));
    }
    if !row.reason.is_empty() {
        parts.push(escape(&shortened(&row.reason)));
    }
    parts.join("; ")
}

fn left_out(out: &mut String, run: &Run) {
    if run.deselected == 0 {
        return;
    }
    let _ = writeln!(out, "<h2>Deselected</h2>\n<details><summary>{} tests</summary>\n<ul>", run.deselected);
    for id in run.left_out.iter().take(LEFT_OUT) {
        let _ = writeln!(out, "<li>{}", escape(id));
    }
    let rest = run.deselected.saturating_sub(run.left_out.len().min(LEFT_OUT) as u64);
    if rest > 0 && !run.left_out.is_empty() {
        let _ = writeln!(out, "<li>and {rest} more");
    }
    let _ = writeln!(out, "</ul></details>");
}

fn how(out: &mut String, run: &Run) {
    let command: Vec<String> = run.call.command.iter().map(|word| quoted(word)).collect();
    let workers = match run.workers {
        0 => "none".to_owned(),
        1 => format!("1, {}", run.how),
        many => format!("{many}, {}", run.how),
    };
    let rows = [
        ("command", command.join(" ")),
        ("folder", run.call.folder.display().to_string()),
        ("python", run.call.python.display().to_string()),
        ("workers", workers),
        ("began", timestamp(run.began)),
        ("dx-testrun", env!("CARGO_PKG_VERSION").to_owned()),
    ];
    let _ = writeln!(out, "<h2>How it was run</h2>\n<table class=how><tbody>");
    for (name, value) in rows {
        let _ = writeln!(out, "<tr><th>{name}<td>{}", escape(&value));
    }
    let _ = write!(
        out,
        "</tbody></table>\n<details><summary>what pytest wrote</summary>\n{}{}</details>\n",
        preformatted(&run.header),
        preformatted(&run.closing)
    );
}

/// A word as a shell would need it.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./=:,@%+[]".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

fn is_failed(row: &Row) -> bool {
    row.outcomes.iter().any(|outcome| outcome.is_failure())
}

fn words(row: &Row) -> String {
    let words: Vec<&str> = row.outcomes.iter().map(|outcome| outcome.name()).collect();
    words.join(", ")
}

/// The class of a test's row: that of its worst outcome.
pub(super) fn class_of(row: &Row) -> &'static str {
    let worst = row.outcomes.iter().find(|outcome| outcome.is_failure()).or(row.outcomes.first());
    worst.map_or("o", |outcome| class(*outcome))
}

fn class(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Passed => "p",
        Outcome::Failed => "f",
        Outcome::Error => "e",
        Outcome::Skipped => "s",
        Outcome::XFailed => "x",
        Outcome::XPassed => "X",
        Outcome::Other => "o",
    }
}

pub(super) fn duration(seconds: f64) -> String {
    match seconds {
        long if long >= 90.0 => format!("{}:{:02} min", long as u64 / 60, long as u64 % 60),
        long if long >= 1.0 => format!("{long:.2} s"),
        short => format!("{:.1} ms", short * 1e3),
    }
}

/// In UTC, as ISO 8601 writes it; by the civil calendar of Howard Hinnant's `chrono-compatible` algorithms.
fn timestamp(time: SystemTime) -> String {
    let seconds = time.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs()) as i64;
    let (days, rest) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
    let shifted = days + 719_468;
    let (era, day_of_era) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    format!("{year:04}-{month:02}-{day:02} {:02}:{:02}:{:02} UTC", rest / 3600, rest / 60 % 60, rest % 60)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn dates() {
        let at = |seconds| timestamp(UNIX_EPOCH + Duration::from_secs(seconds));
        assert_eq!(at(0), "1970-01-01 00:00:00 UTC");
        assert_eq!(at(951_782_400), "2000-02-29 00:00:00 UTC");
        assert_eq!(at(1_798_761_599), "2026-12-31 23:59:59 UTC");
    }

    #[test]
    fn words_of_a_command_are_quoted() {
        assert_eq!(["-k", "a or b", "", "it's"].map(quoted), ["-k", "'a or b'", "''", r"'it'\''s'"]);
    }

    #[test]
    fn long_texts_are_cut_in_the_middle() {
        let text = "é".repeat(TEXT_MAX);
        let cut = shortened(&text);
        assert!(cut.len() < TEXT_MAX + 100 && cut.contains("bytes are left out here"));
        assert_eq!(shortened("short"), "short");
    }
}
