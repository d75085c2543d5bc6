//! The workers' timeline: a picture with a lane a worker, in which neighbours that nobody could tell apart are one bar.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::Row;
use super::ansi::escape;
use super::page::{class_of, duration};

/// Units of the picture's width. It has at most two bars a unit and lane, however many tests there are.
const WIDTH: f64 = 1000.0;
const LANE: f64 = 18.0;
/// A lane's name stands left of it.
const LEFT: f64 = 44.0;

/// Tests that follow each other without a gap to be seen.
struct Bar<'a> {
    from: f64,
    to: f64,
    class: &'static str,
    first: &'a Row,
    tests: u32,
}

pub(super) fn draw(tests: &[Row]) -> String {
    // A test whose worker died has no start.
    let seconds = |row: &Row| f64::from(row.start_us) / 1e6;
    let known = || tests.iter().filter(|row| row.start_us > 0);
    let end = known().map(|row| seconds(row) + row.seconds).fold(0.0, f64::max);
    let begin = known().map(seconds).fold(f64::INFINITY, f64::min);
    if end <= begin {
        return String::new();
    }
    let scale = (WIDTH - LEFT) / (end - begin);
    let mut lanes: BTreeMap<u32, Vec<&Row>> = BTreeMap::new();
    known().for_each(|row| lanes.entry(row.worker).or_default().push(row));
    let height = LANE * (lanes.len() as f64 + 1.0);
    let mut out = format!("<svg viewBox=\"0 0 {WIDTH} {height}\" role=\"img\" aria-label=\"timeline\">");
    for (number, (worker, mut rows)) in lanes.into_iter().enumerate() {
        let top = LANE * number as f64;
        rows.sort_by_key(|row| row.start_us);
        let _ = write!(out, "<text x=\"0\" y=\"{}\">gw{worker}</text>", top + 13.0);
        let place = |row: &Row| {
            let from = LEFT + (seconds(row) - begin) * scale;
            (from, from + row.seconds * scale)
        };
        for bar in bars(&rows, place) {
            let what = match bar.tests {
                1 => format!("{} {}", escape(&bar.first.id), duration(bar.first.seconds)),
                many => format!("{many} tests from {} on", escape(&bar.first.id)),
            };
            let _ = write!(
                out,
                "<rect class=\"{}\" x=\"{:.1}\" y=\"{}\" width=\"{:.1}\" height=\"{}\"><title>{what}</title></rect>",
                bar.class,
                bar.from,
                top + 2.0,
                (bar.to - bar.from).max(0.5),
                LANE - 4.0,
            );
        }
    }
    let _ = write!(
        out,
        "<text x=\"{LEFT}\" y=\"{y}\">{}</text><text x=\"{WIDTH}\" y=\"{y}\" text-anchor=\"end\">{}</text></svg>",
        duration(begin),
        duration(end),
        y = height - 5.0,
    );
    out
}

fn bars<'a>(rows: &[&'a Row], place: impl Fn(&Row) -> (f64, f64)) -> Vec<Bar<'a>> {
    let mut bars: Vec<Bar<'a>> = Vec::new();
    for row in rows {
        let ((from, to), class) = (place(row), class_of(row));
        match bars.last_mut() {
            Some(last) if last.class == class && to - last.from < 1.0 => {
                last.to = last.to.max(to);
                last.tests += 1;
            }
            _ => bars.push(Bar { from, to, class, first: row, tests: 1 }),
        }
    }
    bars
}
