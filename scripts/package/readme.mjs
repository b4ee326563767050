// The README as an installed extension shows it. VS Code takes pictures there from the web alone, and follows no relative
// link: so both go, until package.json names a repository and vsce makes addresses of them.

/** @param {string} markdown @returns {string} without pictures that stand alone, and with the words alone of relative links */
export const readmeWithoutAddresses = (markdown) =>
  markdown
    .replace(/^!\[[^\]]*\]\((?!https:)[^)\s]+\)\n+/gm, "")
    .replace(/\[([^\]]*)\]\((?!https?:|mailto:|#)[^)\s]+\)/g, "$1");
