// Sorting and filtering; the page says the same without.
(function () {
  var table = document.getElementById("tests"), body = table.tBodies[0], form = document.getElementById("filter");
  var rows = Array.prototype.slice.call(body.rows), boxes = form.querySelectorAll("[type=checkbox]");
  var known = Array.prototype.map.call(boxes, function (box) { return box.value; });
  function show() {
    var text = form.querySelector("[type=search]").value.toLowerCase(), off = {};
    boxes.forEach(function (box) { off[box.value] = !box.checked; });
    rows.forEach(function (row) {
      row.hidden = known.indexOf(row.className) >= 0 && off[row.className] ||
        row.cells[0].textContent.toLowerCase().indexOf(text) < 0;
    });
  }
  form.hidden = false;
  form.addEventListener("input", show);
  form.addEventListener("submit", function (event) { event.preventDefault(); });
  function value(row, column) {
    var cell = row.cells[column], number = cell && (cell.dataset.v || cell.textContent);
    return cell && cell.classList.contains("n") ? Number(number) : cell ? cell.textContent : "";
  }
  Array.prototype.forEach.call(table.tHead.rows[0].cells, function (head, column) {
    head.classList.add("sortable");
    head.addEventListener("click", function () {
      var down = head.getAttribute("aria-sort") === "ascending" ? -1 : 1;
      Array.prototype.forEach.call(table.tHead.rows[0].cells, function (other) { other.removeAttribute("aria-sort"); });
      head.setAttribute("aria-sort", down > 0 ? "ascending" : "descending");
      rows.slice().sort(function (a, b) {
        var x = value(a, column), y = value(b, column);
        return (x < y ? -1 : x > y ? 1 : 0) * down;
      }).forEach(function (row) { body.appendChild(row); });
    });
  });
})();
