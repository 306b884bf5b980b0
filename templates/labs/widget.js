(function () {
  "use strict";
  var told = {{ told|safe }};
  var script = document.currentScript;
  function made(name, text, className) {
    var element = document.createElement(name);
    if (text) element.textContent = text;
    if (className) element.className = className;
    return element;
  }
  var box = made("section", "", "laboratory-widget");
  box.lang = told.lang;
  var head = made("h2", "", "laboratory-widget-name");
  var link = made("a", told.name);
  link.href = told.url;
  head.appendChild(link);
  box.appendChild(head);
  box.appendChild(made("p", told.host + " · " + told.status, "laboratory-widget-host"));
  told.groups.forEach(function (group) {
    box.appendChild(made("h3", group.title));
    if (!group.rows.length) {
      box.appendChild(made("p", group.none));
      return;
    }
    var list = made("dl");
    group.rows.forEach(function (row) {
      var figure = made("dd", row.text);
      figure.setAttribute("data-figure", group.code + "." + row.code);
      list.appendChild(made("dt", row.label));
      list.appendChild(figure);
    });
    box.appendChild(list);
  });
  box.appendChild(made("p", told.as_of, "laboratory-widget-day"));
  var more = made("a", told.more);
  more.href = told.url;
  box.appendChild(more);
  if (script && script.parentNode) script.parentNode.insertBefore(box, script);
  else document.body.appendChild(box);
})();
