// The seats as a grid: one seat is in the tab order, and the arrow keys move to the others.

const NARROW = window.matchMedia("(max-width: 719px)");

/** How a seat looks: free, held, sold or mine. */
export function look(seat) {
  if (seat.isMine) return "mine";
  return { AVAILABLE: "free", RESERVED: "held", SOLD: "sold" }[seat.status] ?? "sold";
}

/** What people call a seat. */
export function name(id) {
  const number = /^seat-(\d+)$/.exec(id);
  return number ? `Seat ${number[1]}` : id;
}

function shortName(id) {
  return /^seat-(\d+)$/.exec(id)?.[1] ?? id;
}

/** The time that is left of a hold, as people say it. */
export function timeLeft(milliseconds) {
  const seconds = Math.max(0, Math.ceil(milliseconds / 1000));
  if (seconds >= 60) {
    const minutes = Math.ceil(seconds / 60);
    return minutes === 1 ? "1 minute left" : `${minutes} minutes left`;
  }
  return seconds === 1 ? "1 second left" : `${seconds} seconds left`;
}

function shortTime(milliseconds) {
  const seconds = Math.max(0, Math.ceil(milliseconds / 1000));
  return seconds >= 60 ? `${Math.ceil(seconds / 60)} min` : `${seconds} s`;
}

export class Hall {
  #grid;
  #choose;
  #seats = [];
  #buttons = new Map();
  #focused = null;
  /** The longest time that a hold had left: how long seats are held is not known. */
  #longest = 1;
  /** How much the server's clock is ahead of this one. */
  clockOffset = 0;

  constructor(grid, choose) {
    this.#grid = grid;
    this.#choose = choose;
    grid.addEventListener("keydown", (event) => this.#keyDown(event));
    grid.addEventListener("click", (event) => {
      const button = event.target.closest("button");
      if (button) this.#choose(this.#seat(button.dataset.seat));
    });
    grid.addEventListener("focusin", (event) => {
      const button = event.target.closest("button");
      if (button) this.#putInTabOrder(button);
    });
    NARROW.addEventListener("change", () => this.#build());
    setInterval(() => this.#tick(), 1000);
  }

  get columns() {
    return NARROW.matches ? 5 : 10;
  }

  get seats() {
    return this.#seats;
  }

  /** Shows these seats; `isMine` says of each whether it is the visitor's. */
  show(seats) {
    const isSame = seats.length === this.#seats.length
      && seats.every((seat, index) => seat.id === this.#seats[index].id);
    this.#seats = seats;
    if (!isSame) return this.#build();
    for (const seat of seats) this.#paint(seat);
  }

  focus(id) {
    this.#buttons.get(id)?.focus();
  }

  #seat(id) {
    return this.#seats.find((seat) => seat.id === id);
  }

  #build() {
    const hadFocus = this.#grid.contains(document.activeElement);
    this.#buttons.clear();
    const rows = [];
    for (let start = 0; start < this.#seats.length; start += this.columns) {
      const row = document.createElement("div");
      row.className = "row";
      row.setAttribute("role", "row");
      for (const seat of this.#seats.slice(start, start + this.columns)) {
        const cell = document.createElement("div");
        cell.setAttribute("role", "gridcell");
        const button = document.createElement("button");
        button.type = "button";
        button.className = "seat";
        button.dataset.seat = seat.id;
        button.tabIndex = -1;
        const label = document.createElement("span");
        label.textContent = shortName(seat.id);
        const left = document.createElement("span");
        left.className = "left";
        button.append(label, left);
        cell.append(button);
        row.append(cell);
        this.#buttons.set(seat.id, button);
      }
      rows.push(row);
    }
    this.#grid.replaceChildren(...rows);
    this.#grid.setAttribute("aria-busy", "false");
    for (const seat of this.#seats) this.#paint(seat);
    const button = this.#buttons.get(this.#focused) ?? this.#buttons.get(this.#seats[0]?.id);
    if (!button) return;
    this.#putInTabOrder(button);
    if (hadFocus) button.focus();
  }

  #paint(seat) {
    const button = this.#buttons.get(seat.id);
    const appearance = look(seat);
    if (button.dataset.look && button.dataset.look !== appearance) {
      // Starts the animation again.
      button.classList.remove("changed");
      void button.offsetWidth;
      button.classList.add("changed");
    }
    button.dataset.look = appearance;
    button.dataset.status = seat.status;
    button.setAttribute("aria-disabled", appearance === "free" || appearance === "mine" ? "false" : "true");
    this.#describe(seat, button);
  }

  #describe(seat, button) {
    const appearance = look(seat);
    let state = { free: "free", held: "held", sold: "sold", mine: "yours" }[appearance];
    let left = null;
    if (seat.status === "RESERVED" && seat.until) {
      left = seat.until - this.clockOffset - Date.now();
      state = `${appearance === "mine" ? "held for you" : "held"}, ${timeLeft(left)}`;
      this.#longest = Math.max(this.#longest, left);
      button.style.setProperty("--left", String(Math.max(0, left / this.#longest)));
    } else {
      button.style.removeProperty("--left");
    }
    button.lastChild.textContent = left === null ? "" : shortTime(left);
    const label = `${name(seat.id)}, ${state}`;
    if (button.getAttribute("aria-label") !== label) {
      button.setAttribute("aria-label", label);
      button.title = label;
    }
  }

  #tick() {
    for (const seat of this.#seats) {
      if (seat.status === "RESERVED") this.#describe(seat, this.#buttons.get(seat.id));
    }
  }

  #putInTabOrder(button) {
    this.#buttons.get(this.#focused)?.setAttribute("tabindex", "-1");
    this.#focused = button.dataset.seat;
    button.tabIndex = 0;
  }

  #keyDown(event) {
    if (event.altKey || event.metaKey) return;
    const ids = this.#seats.map((seat) => seat.id);
    const here = ids.indexOf(this.#focused);
    const rowStart = here - (here % this.columns);
    const rowEnd = Math.min(rowStart + this.columns, ids.length) - 1;
    const target = {
      ArrowRight: here + 1,
      ArrowLeft: here - 1,
      ArrowDown: here + this.columns,
      ArrowUp: here - this.columns,
      Home: event.ctrlKey ? 0 : rowStart,
      End: event.ctrlKey ? ids.length - 1 : rowEnd,
    }[event.key];
    if (target === undefined) return;
    event.preventDefault();
    if (target >= 0 && target < ids.length) this.focus(ids[target]);
  }
}
