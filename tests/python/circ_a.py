import circ_b
done = "a"
