// What scrolls sideways can be reached from the keyboard. The theme sees to that for code and tables when a page
// opens; here also for formulas, and whenever the text changes its size: a formula is set, a part is unfolded.
const SCROLLS = "pre, .cell_output > .output, .pst-scrollable-table-container, mjx-container[display='true']";
const reach = () => {
  for (const part of document.querySelectorAll(SCROLLS)) {
    part.tabIndex = part.scrollWidth > part.clientWidth || part.scrollHeight > part.clientHeight ? 0 : -1;
  }
};
window.addEventListener("load", () => {
  for (const text of document.querySelectorAll(".bd-article")) new ResizeObserver(reach).observe(text);
});
