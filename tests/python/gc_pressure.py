class Node:
    def __init__(self, value, next=None):
        self.value = value
        self.next = next
        self.data = [value, str(value), (value,), {value: value}]


def build(n):
    head = None
    for i in range(n):
        head = Node(i, head)
    return head


def total(node):
    s = 0
    while node:
        s += node.value + node.data[0] + len(node.data[1]) + node.data[3][node.value]
        node = node.next
    return s


keep = []
for turn in range(10):
    keep.append(build(200))
    cyc = []
    cyc.append(cyc)
    strings = "".join(str(i) * 3 for i in range(100))
    if turn % 3 == 0: keep = keep[-2:]
print([total(k) for k in keep], len(strings))
import gc
gc.collect()
d = {}
for i in range(500):
    d[str(i)] = [i] * 3
    if i > 100: del d[str(i - 100)]
print(len(d), sum(v[0] for v in d.values()))
def gen():
    for i in range(50):
        local = [i] * 10
        yield sum(local)
print(sum(gen()), sorted([str(i) for i in range(30)], key=lambda s: (len(s), s))[-3:])
