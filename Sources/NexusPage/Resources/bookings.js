// The visitor's bookings. The browser remembers their ids, and asks the endpoint how they go.

import { follow } from "./stream.js";
import { name } from "./hall.js";

const MEMORY = "nexus.bookings";
const MOST = 20;
/** A map that is older than a booking's end may not know of it. */
const MAP_DELAY = 2000;

const STEPS = {
  reserve: {
    waiting: "Reserve the seat", active: "Reserving the seat…", done: "Seat reserved",
    failed: "Seat not to be had", undoing: "Giving the seat back…", undone: "Seat given back",
  },
  pay: {
    waiting: "Pay 100", active: "Paying 100…", done: "Paid 100", failed: "Card declined",
    undoing: "Taking the payment back…", undone: "Nothing is charged",
  },
  confirm: {
    waiting: "Sell you the seat", active: "Selling you the seat…", done: "Seat sold to you",
    failed: "Seat lost meanwhile", undoing: "", undone: "",
  },
  mail: {
    waiting: "Mail the ticket", active: "Mailing the ticket…", done: "Ticket is in the mail",
    failed: "", undoing: "", undone: "",
  },
};

const VERDICTS = {
  running: "In progress", confirmed: "Booked", undone: "Undone", refused: "Not booked",
  unknown: "Not known any more",
};

/** Whether nothing more can happen to a booking. */
function isOver(booking) {
  return booking.view !== null && booking.view.state !== "running";
}

export class Bookings {
  #list;
  #changed;
  #bookings = [];
  #cards = new Map();
  #streams = new Map();
  #extra = null;

  /** @param changed called when the state of one has changed. */
  constructor(list, changed) {
    this.#list = list;
    this.#changed = changed;
    this.#recall();
    window.addEventListener("storage", (event) => {
      if (event.key === MEMORY) this.#recall();
    });
  }

  get count() {
    return this.#bookings.length;
  }

  add(id, seat) {
    if (this.#bookings.some((booking) => booking.id === id)) return;
    this.#bookings.unshift({ id, seat, view: null, ended: null, isReleased: false });
    this.#remember();
    this.#show();
  }

  /** The latest booking of a seat that has not ended badly. */
  of(seat) {
    return this.#bookings.find((booking) => booking.seat === seat
      && (!isOver(booking) || booking.view.state === "confirmed" && !booking.isReleased));
  }

  has(seat) {
    return this.#bookings.some((booking) => booking.seat === seat
      && booking.view?.state === "confirmed" && !booking.isReleased);
  }

  /** Shows a booking in another place as well, while that is needed. */
  mirror(id, place) {
    const card = new Card(id);
    place.replaceChildren(card.element);
    this.#extra = card;
    this.#paint(this.#bookings.find((booking) => booking.id === id));
  }

  endMirror() {
    this.#extra = null;
  }

  /** Compares the bookings with the seats: one may have been given back since. */
  compare(seats) {
    const map = new Map(seats.map((seat) => [seat.id, seat]));
    for (const booking of this.#bookings) {
      const seat = map.get(booking.seat);
      const isSettled = booking.view?.state === "confirmed" && Date.now() - booking.ended > MAP_DELAY;
      if (!seat || !isSettled) continue;
      const isReleased = seat.mine === undefined
        ? booking.isReleased || seat.status === "AVAILABLE" : !seat.mine;
      if (isReleased === booking.isReleased) continue;
      booking.isReleased = isReleased;
      this.#remember();
      this.#paint(booking);
    }
  }

  /** Listens to the bookings that are under way, or to none. */
  listen(isListening) {
    if (!isListening) {
      for (const stream of this.#streams.values()) stream.close();
      return this.#streams.clear();
    }
    for (const booking of this.#bookings) {
      if (isOver(booking) || this.#streams.has(booking.id)) continue;
      this.#streams.set(booking.id, follow(`/api/bookings/${booking.id}`, {
        message: (view) => this.#take(booking.id, view),
        trouble: () => this.#lost(booking.id),
      }, () => this.#lost(booking.id)));
    }
  }

  #take(id, view) {
    const booking = this.#bookings.find((booking) => booking.id === id);
    if (!booking) return true;
    const isNews = Object.values(view.steps).some((step) => step !== "waiting");
    // After a restart the endpoint does not know at once how far a booking was.
    if (view.state !== "running" || isNews || !booking.view) booking.view = view;
    booking.isLost = false;
    const hasEnded = isOver(booking);
    if (hasEnded) {
      booking.ended = Date.now();
      this.#streams.delete(id);
    }
    this.#remember();
    this.#paint(booking);
    this.#changed(booking, hasEnded);
    return hasEnded;
  }

  #lost(id) {
    const booking = this.#bookings.find((booking) => booking.id === id);
    if (!booking) return;
    booking.isLost = true;
    this.#paint(booking);
  }

  #show() {
    const cards = new Map();
    for (const booking of this.#bookings) {
      cards.set(booking.id, this.#cards.get(booking.id) ?? new Card(booking.id));
    }
    this.#cards = cards;
    const items = [...cards.values()].map((card) => card.item);
    this.#list.replaceChildren(...items);
    for (const booking of this.#bookings) this.#paint(booking);
    if (!document.hidden) this.listen(true);
    this.#changed(null, false);
  }

  #paint(booking) {
    if (!booking) return;
    this.#cards.get(booking.id)?.paint(booking);
    if (this.#extra?.id === booking.id) this.#extra.paint(booking);
  }

  #recall() {
    let kept = [];
    try {
      kept = JSON.parse(localStorage.getItem(MEMORY) ?? "[]");
    } catch {
      // Without a memory the bookings of this window are still shown.
    }
    if (!Array.isArray(kept)) kept = [];
    const mine = new Map(this.#bookings.map((booking) => [booking.id, booking]));
    this.#bookings = kept.filter((booking) => typeof booking?.id === "string").map((booking) => {
      const known = mine.get(booking.id);
      return known && isOver(known) ? known : { ...booking, isLost: known?.isLost ?? false };
    });
    this.#show();
  }

  #remember() {
    this.#bookings = this.#bookings.slice(0, MOST);
    try {
      localStorage.setItem(MEMORY, JSON.stringify(this.#bookings));
    } catch {
      // As above.
    }
  }
}

/** A booking as the visitor sees it. */
class Card {
  constructor(id) {
    this.id = id;
    this.element = element("article", "booking");
    this.title = element("h3");
    this.verdict = element("span", "verdict");
    const head = element("header");
    head.append(this.title, this.verdict);
    this.message = element("p", "message");
    this.steps = new Map();
    const steps = element("ol", "steps");
    for (const step of Object.keys(STEPS)) {
      const item = element("li", "step");
      const mark = element("span", "mark");
      mark.setAttribute("aria-hidden", "true");
      const text = element("span");
      item.append(mark, text);
      steps.append(item);
      this.steps.set(step, { item, text });
    }
    const code = element("p", "code");
    code.append("Booking ");
    const number = element("code");
    number.textContent = id;
    code.append(number);
    this.element.append(head, this.message, steps, code);
    this.item = element("li");
    this.item.append(this.element);
  }

  paint(booking) {
    const state = booking.isReleased ? "released" : booking.view?.state ?? "running";
    this.element.dataset.state = state;
    this.element.dataset.link = booking.isLost ? "lost" : "live";
    this.title.textContent = name(booking.seat);
    this.verdict.textContent = booking.isReleased ? "Given back since" : VERDICTS[state];
    const message = booking.isLost ? "Reconnecting. The booking goes on meanwhile."
      : booking.view?.message ?? "";
    this.message.textContent = message;
    this.message.hidden = message === "";
    for (const [step, { item, text }] of this.steps) {
      const at = booking.view?.steps[step] ?? "waiting";
      item.dataset.state = at;
      item.hidden = state === "unknown" || state === "refused" && step !== "reserve"
        || state === "undone" && at === "waiting";
      text.textContent = STEPS[step][at];
    }
  }
}

function element(tag, className) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  return made;
}
