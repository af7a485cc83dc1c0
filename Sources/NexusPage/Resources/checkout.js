// The dialog in which a seat is booked, and in which the booking's steps are shown.

import { name } from "./hall.js";

const TRIES = 8;
const FIRST_WAIT = 400;

export class Checkout {
  #dialog = document.getElementById("checkout");
  #form = document.getElementById("order");
  #title = document.getElementById("checkout-title");
  #pay = document.getElementById("pay");
  #error = document.getElementById("order-error");
  #progress = document.getElementById("progress");
  #progressTitle = document.getElementById("progress-title");
  #bookings;
  #seat = null;
  /** The number of the order that is being sent; another one once the dialog is closed. */
  #order = 0;

  constructor(bookings) {
    this.#bookings = bookings;
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#send();
    });
    document.getElementById("dismiss").addEventListener("click", () => this.#dialog.close());
    document.getElementById("done").addEventListener("click", () => this.#dialog.close());
    // A click beside the dialog is a click on the dialog itself, not on what is in it.
    this.#dialog.addEventListener("click", (event) => {
      if (event.target === this.#dialog) this.#dialog.close();
    });
    this.#dialog.addEventListener("close", () => {
      // The event comes later than the end, when the next seat may be offered already.
      if (!this.#dialog.open) this.#open(null);
    });
  }

  /** Opens the checkout of a free seat. */
  offer(seat) {
    this.#open(seat.id);
    this.#form.hidden = false;
    this.#progress.hidden = true;
    this.#form.reset();
    this.#complain("");
    this.#setBusy(false);
    this.#title.textContent = name(seat.id);
    this.#dialog.setAttribute("aria-labelledby", this.#title.id);
    this.#dialog.showModal();
    this.#form.querySelector("input:checked").focus();
  }

  /** Shows a booking. */
  follow(booking) {
    this.#open(booking.seat);
    this.#showProgress(booking.id, booking.seat);
    this.#dialog.showModal();
    this.#progressTitle.focus();
  }

  /** The seats have changed: another one may have taken the seat that is about to be booked. */
  compare(seats) {
    if (!this.#seat || this.#form.hidden || this.#form.dataset.busy === "true") return;
    const seat = seats.find((seat) => seat.id === this.#seat);
    if (!seat) return;
    const isTaken = seat.status !== "AVAILABLE";
    if (isTaken) this.#complain("This seat has just been taken. Choose another one.");
    else if (this.#pay.disabled) this.#complain("");
    this.#pay.disabled = isTaken;
  }

  #open(seat) {
    if (this.#dialog.open) this.#dialog.close();
    this.#order += 1;
    this.#seat = seat;
    this.#bookings.endMirror();
  }

  #showProgress(id, seat) {
    this.#form.hidden = true;
    this.#progress.hidden = false;
    this.#progressTitle.textContent = `Booking ${name(seat).toLowerCase()}`;
    this.#dialog.setAttribute("aria-labelledby", this.#progressTitle.id);
    this.#bookings.mirror(id, document.getElementById("progress-card"));
  }

  async #send() {
    if (this.#form.dataset.busy === "true") return;
    const seat = this.#seat;
    const card = new FormData(this.#form).get("card");
    this.#order += 1;
    const order = this.#order;
    this.#complain("");
    this.#setBusy(true);
    try {
      const id = await this.#post(seat, card, () => this.#order === order);
      this.#bookings.add(id, seat);
      if (this.#order !== order) return;
      this.#showProgress(id, seat);
      this.#progressTitle.focus();
    } catch (error) {
      if (this.#order !== order) return;
      this.#setBusy(false);
      this.#complain(error.message);
    }
  }

  /** Books, and asks again while nobody answers: under one key that books once. */
  async #post(seat, card, isWanted) {
    const key = randomKey();
    let wait = FIRST_WAIT;
    for (let attempt = 1; ; attempt += 1) {
      let answer = null;
      try {
        answer = await fetch("/api/bookings", {
          method: "POST",
          headers: { "content-type": "application/json", "idempotency-key": key },
          body: JSON.stringify({ ticketId: seat, paymentMethodId: card }),
        });
      } catch {
        // The connection was lost.
      }
      if (answer?.status === 202) return (await answer.json()).bookingId;
      const mayPass = answer === null || answer.status === 503;
      if (!mayPass || attempt === TRIES || !isWanted()) {
        const refusal = await answer?.json().catch(() => null);
        throw new Error(refusal?.error ?? "The box office does not answer. Try again in a moment.");
      }
      this.#complain("Reconnecting. The booking is sent as soon as somebody answers.");
      await new Promise((resume) => setTimeout(resume, wait));
      wait = Math.min(wait * 1.6, 4000);
    }
  }

  #setBusy(isBusy) {
    this.#form.dataset.busy = String(isBusy);
    this.#pay.disabled = isBusy;
    this.#pay.textContent = isBusy ? "Booking…" : "Book for 100";
  }

  #complain(sentence) {
    this.#error.textContent = sentence;
    this.#error.hidden = sentence === "";
  }
}

// Not `randomUUID`, which browsers have for secure origins only.
function randomKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
