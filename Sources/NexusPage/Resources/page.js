// Puts the parts together: the stream of the seats, the hall, the bookings and the checkout.

import { Bookings } from "./bookings.js";
import { Checkout } from "./checkout.js";
import { Hall, look, name } from "./hall.js";
import { follow } from "./stream.js";

const TROUBLE = {
  unreachable: "The box office does not answer at the moment. The seats are as they were last seen; "
    + "bookings that have begun go on by themselves.",
  unregistered: "The box office is not open yet: its server does not know it.",
  unauthorized: "The box office is closed: its server does not let it in.",
};
/** How long counts are kept back, so that a rush is not read out seat by seat. */
const NEWS_DELAY = 1500;
const TOAST_TIME = 4000;

const byID = (id) => document.getElementById(id);
const hall = new Hall(byID("hall"), choose);
let isSettled = false;
const bookings = new Bookings(byID("bookings"), bookingChanged);
const checkout = new Checkout(bookings);
isSettled = true;

let stream = null;
let newsTimer = 0;
let toastTimer = 0;

// MARK: The seats

function showSeats(seats) {
  hall.show(seats.map((seat) => ({ ...seat, isMine: seat.mine ?? bookings.has(seat.id) })));
  bookings.compare(seats);
  checkout.compare(seats);
  const count = (status) => seats.filter((seat) => seat.status === status).length;
  const [free, held, sold] = ["AVAILABLE", "RESERVED", "SOLD"].map(count);
  byID("counts").textContent = `${free} free · ${held} held · ${sold} sold`;
  byID("sold-out").hidden = seats.length === 0 || sold < seats.length;
  clearTimeout(newsTimer);
  newsTimer = setTimeout(() => {
    const sentence = sold === seats.length ? "Sold out."
      : `${free} seats free, ${held} held, ${sold} sold.`;
    if (byID("news").textContent !== sentence) byID("news").textContent = sentence;
  }, NEWS_DELAY);
}

function listen() {
  if (stream) return;
  setLink("connecting", "Connecting…");
  stream = follow("/api/seats", {
    seats: (news) => {
      takeClock(news);
      setLink("live", "Live");
      showSeats(news.seats);
    },
    changes: (news) => {
      takeClock(news);
      const changed = new Map(news.seats.map((seat) => [seat.id, seat]));
      showSeats(hall.seats.map(({ id, status, until, mine }) =>
        changed.get(id) ?? { id, status, until, mine }));
    },
    trouble: ({ reason }) => lose(TROUBLE[reason] ?? TROUBLE.unreachable),
  }, () => lose(TROUBLE.unreachable));
}

function takeClock(news) {
  hall.clockOffset = news.now - Date.now();
}

function lose(sentence) {
  setLink("lost", "Reconnecting…");
  byID("trouble").textContent = sentence;
}

function setLink(state, text) {
  const link = byID("link");
  if (link.dataset.state !== state) link.dataset.state = state;
  if (byID("link-text").textContent !== text) byID("link-text").textContent = text;
  byID("trouble").hidden = state !== "lost";
  document.documentElement.dataset.link = state;
}

// MARK: What the visitor does

function choose(seat) {
  const booking = bookings.of(seat.id);
  if (booking) return checkout.follow(booking);
  const appearance = look(seat);
  if (appearance === "free") return checkout.offer(seat);
  const says = { held: "is held for another buyer", sold: "is sold", mine: "is yours" };
  toast(`${name(seat.id)} ${says[appearance]}.`);
}

function bookingChanged(booking, hasEnded) {
  if (!isSettled) return;
  byID("no-bookings").hidden = bookings.count > 0;
  if (hall.seats.length > 0) showSeats(hall.seats.map(({ id, status, until, mine }) =>
    ({ id, status, until, mine })));
  // What the dialog shows is not said twice.
  if (!hasEnded || byID("checkout").open) return;
  const seat = name(booking.seat);
  const says = {
    confirmed: `${seat} is yours.`,
    undone: `${seat} was not booked. ${booking.view.message}. Nothing is charged.`,
    refused: `${seat} was not booked. ${booking.view.message}.`,
    unknown: `Nothing is known any more of the booking of ${seat.toLowerCase()}.`,
  };
  toast(says[booking.view.state]);
}

function toast(sentence) {
  const element = byID("toast");
  element.textContent = sentence;
  element.dataset.shown = "true";
  clearTimeout(toastTimer);
  toastTimer = setTimeout(() => { element.dataset.shown = "false"; }, TOAST_TIME);
}

// MARK: Windows that nobody sees

// A browser opens six connections to one place: windows in the background must not use them up.
document.addEventListener("visibilitychange", () => {
  bookings.listen(!document.hidden);
  if (!document.hidden) return listen();
  stream?.close();
  stream = null;
});

byID("no-bookings").hidden = bookings.count > 0;
if (!document.hidden) listen();
