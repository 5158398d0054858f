/* Where a learner's words go, as three facts and the day on which they were attested. Called by tutor.js. */
(function () {
  "use strict";
  if (window.AiTutorWhere) return;
  const core = window.AiTutorCore;
  const FACTS = ["stored_in", "processed_in", "usage_metadata_in"];

  /** `language` is the interface's. Gives {places, facts}: what the conversation says of it, and `GET /residency`. */
  function AiTutorWhere(root, strings, language) {
    const part = (name) => core.part(root, name);

    /** A country code as its name; anything else as the gateway says it. */
    function place(found) {
      if (!/^[A-Z]{2}$/.test(found)) return found;
      try {
        return new Intl.DisplayNames([language], { type: "region" }).of(found);
      } catch (error) {
        return found;
      }
    }

    /** The three places by name: {stored_in, processed_in, usage_metadata_in}. */
    function places(where) {
      for (const name of FACTS) if (where[name]) part(name).textContent = place(where[name]);
    }

    /** The attestation in force: where, how that is known, and since when. */
    function facts({ facts: known = [], at }) {
      for (const { name, found, evidence_says: how } of known) {
        const value = FACTS.includes(name.replace(/ /g, "_")) && part(name.replace(/ /g, "_"));
        if (value) value.replaceChildren(place(found), ...(how ? [core.make("span", "ait-where__how", how)] : []));
      }
      const day = at ? new Date(at) : null;
      part("attested").textContent = day && !isNaN(day)
        ? core.fill(strings.attested, { date: day.toLocaleDateString(core.locale(language), { dateStyle: "long" }) })
        : "";
    }

    return { places, facts };
  }

  window.AiTutorWhere = AiTutorWhere;
})();
