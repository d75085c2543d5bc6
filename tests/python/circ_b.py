import circ_a
done = "b", hasattr(circ_a, "done")
