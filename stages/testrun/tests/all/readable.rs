//! How snapshots show values: one line of Python each, and its text, which no version of Python may change.

use super::package::{passes, pytest};
use super::support::Project;

const VALUES: &[(&str, &str)] = &[
    ("D(1, [2])", "D(a=1, b=[2])"),
    ("Own(1)", "Own!"),
    ("Sub(1)", "Sub(a=1, b=[], c='x')"),
    ("P()", "P(x=1, me=...)"),
    ("E.A", "E.A"),
    ("[F.A | F.B, F(0)]", "[F.A|B, F.0]"),
    ("N(1, (2,))", "N(x=1, y=(2,))"),
    ("L([1])", "L([1])"),
    ("collections.deque([1], 3)", "deque([1])"),
    ("collections.OrderedDict(b=1, a=2)", "OrderedDict({'b': 1, 'a': 2})"),
    ("collections.defaultdict(list, a=[1])", "defaultdict({'a': [1]})"),
    ("{3: {'b', 'a', \"it's\"}, 1: frozenset()}", "{3: {\"it's\", 'a', 'b'}, 1: frozenset()}"),
    ("['x' * 40, 'y' * 50]", "[\n    'X',\n    'Y',\n]"),
    ("('a\\tb\\u200b\\ud800é', 1)", "('a\\tb\\u200b\\ud800é', 1)"),
    ("ValueError('x', 1)", "ValueError('x', 1)"),
    ("types.SimpleNamespace(a=(1,))", "SimpleNamespace(a=(1,))"),
    ("[object(), int, -0.0, None, ...]", "[object(), <class 'builtins.int'>, -0.0, None, Ellipsis]"),
    ("[print, P.method]", "[<built-in function print>, <function P.method>]"),
];

#[test]
fn values_have_one_text() {
    let mut program = "import collections, dataclasses, enum, types\nfrom dx.readable import hexdump, readable\n\
        @dataclasses.dataclass\nclass D:\n    a: int\n    b: list = dataclasses.field(default_factory=list)\n\
        @dataclasses.dataclass\nclass Own(D):\n    def __repr__(self): return 'Own!'\n\
        @dataclasses.dataclass\nclass Sub(D):\n    c: str = 'x'\n\
        class P:\n    def __init__(self): self.x = 1; self.me = self\n    def method(self): pass\n\
        class E(enum.Enum): A = 1\n\
        class F(enum.Flag): A = 1; B = 2\n\
        N = collections.namedtuple('N', 'x y')\n\
        class L(list): pass\n\
        def test_hexdump():\n    \
        assert hexdump(bytes(range(60, 80))) == '00000000  3c 3d 3e 3f 40 41 42 43 44 45 46 47 48 49 4a 4b  <=>?@ABCDEFGHIJK\\n00000010  4c 4d 4e 4f' + ' ' * 38 + 'LMNO'\n\
        def test_values():\n"
        .to_owned();
    for (value, text) in VALUES {
        let text = text.replace('X', &"x".repeat(40)).replace('Y', &"y".repeat(50));
        let points: Vec<u32> = text.chars().map(u32::from).collect();
        program += &format!("    assert readable({value}) == ''.join(map(chr, {points:?}))\n");
    }
    passes(&mut pytest(&Project::new(&[("test_a.py", &program)]), &[]));
}
