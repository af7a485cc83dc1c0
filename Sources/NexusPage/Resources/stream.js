// A stream of events that is opened again when it breaks.
//
// EventSource tries again by itself after a lost connection, but gives up for good after an answer
// like 503, which an endpoint that is just ending gives. So each try is a new one here.

const FIRST_DELAY = 500;
const LONGEST_DELAY = 5000;

/**
 * @param {string} path
 * @param {Object<string, (data: any) => boolean | void>} listeners by the event's type; one that
 *   returns true closes the stream for good.
 * @param {() => void} lost called when the stream has broken, before it is tried again.
 * @returns {{close: () => void}}
 */
export function follow(path, listeners, lost) {
  let source = null;
  let timer = 0;
  let delay = FIRST_DELAY;
  let isClosed = false;

  function open() {
    source = new EventSource(path);
    for (const [type, listener] of Object.entries(listeners)) {
      source.addEventListener(type, (event) => {
        delay = FIRST_DELAY;
        if (listener(JSON.parse(event.data))) close();
      });
    }
    source.onerror = () => {
      source.close();
      if (isClosed) return;
      lost();
      // Not all visitors at the same moment.
      timer = setTimeout(open, delay * (0.75 + Math.random() / 2));
      delay = Math.min(delay * 1.6, LONGEST_DELAY);
    };
  }

  function close() {
    isClosed = true;
    clearTimeout(timer);
    source.close();
  }

  open();
  return { close };
}
