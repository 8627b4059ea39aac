// How Sphinx's search orders what it finds: its own scores, but a chapter of that name comes before the glossary's entry.
var Scorer = {
  score: ([docname, , , , score]) => (docname === "book/glossary" ? Math.min(score, 14) : score),
  objNameMatch: 11,
  objPartialMatch: 6,
  objPrio: { 0: 15, 1: 5, 2: -5 },
  objPrioDefault: 0,
  title: 15,
  partialTitle: 7,
  term: 5,
  partialTerm: 2,
};
