/// The state of one exchange: what the peer has sent, what we have sent, and whether the stream
/// still exists. It contains everything that belongs to one exchange only, so that resetting a
/// reused stream is one assignment: `exchange = ExchangeState()`.
///
///     inbound    open ───endInput───▶ ended
///                  └───breakInput───▶ broken
///
///                      giveHead               writeHead
///     outbound   idle ──────────▶ head(status) ─────▶ body
///                                   │ finish            │ finish
///                                   ▼         writeHead ▼        writeEnd
///                                 whole(status) ─────▶ ended ──────────────▶ sent(isEarly)
///
///                idle, head, whole, body, ended ──abandon──▶ abandoned
///                sent ──abandon──▶ sent               abandoned ──writeEnd──▶ abandoned
///
///     life       open ──noteReset──▶ reset(code)
///                  │ close             │ close
///                  ▼                   ▼
///                closed(isAbnormal)  closed(isAbnormal, code)
///
/// A transition that is not in the drawing is a bug in this module: it traps in debug builds and
/// does nothing in release builds.
struct ExchangeState {
    private(set) var inbound = Inbound.open
    private(set) var outbound = Outbound.idle
    private(set) var life = Life.open
    var wire: Wire = []
    /// The HTTP/2 stream identifier while nghttp2 knows the stream.
    var id: Int32?
    /// When the stream was opened.
    var began: UInt64 = 0
    /// Bytes of the peer's body so far.
    var received = 0

    /// The peer's side of the exchange.
    enum Inbound: Equatable {
        case open
        /// The peer has ended its side. Its last bytes may still be in the buffer.
        case ended
        /// The peer's body ended too early or was malformed.
        case broken(RequestStream.InputFailure)

        var afterEnd: Inbound? { self == .open ? .ended : nil }

        func afterBreak(_ failure: RequestStream.InputFailure) -> Inbound? {
            self == .open ? .broken(failure) : nil
        }
    }

    /// Our side of the exchange. A status is nil for a client, whose heads are requests.
    enum Outbound: Equatable {
        /// The head is not known yet.
        case idle
        /// The head waits for the wire; a body may follow.
        case head(status: UInt16?)
        /// The head and all of the body wait for the wire.
        case whole(status: UInt16?)
        /// The head is on the wire; a body may follow.
        case body
        /// The head is on the wire; the rest of the body waits.
        case ended
        /// Our end is on the wire. It is early if the request had not ended by then.
        case sent(isEarly: Bool)
        /// We have reset the stream: nothing more is sent, and the stream is about to close.
        case abandoned

        func afterHead(status: UInt16?) -> Outbound? {
            self == .idle ? .head(status: status) : nil
        }

        var afterHeadWritten: Outbound? {
            switch self {
            case .head: .body
            case .whole: .ended
            case .idle, .body, .ended, .sent, .abandoned: nil
            }
        }

        var afterFinish: Outbound? {
            switch self {
            case .head(let status): .whole(status: status)
            case .body: .ended
            case .idle, .whole, .ended, .sent, .abandoned: nil
            }
        }

        func afterEndWritten(isEarly: Bool) -> Outbound? {
            switch self {
            case .ended: .sent(isEarly: isEarly)
            case .abandoned: self
            case .idle, .head, .whole, .body, .sent: nil
            }
        }

        var afterAbandon: Outbound {
            switch self {
            case .idle, .head, .whole, .body, .ended, .abandoned: .abandoned
            case .sent: self
            }
        }
    }

    /// Whether the stream still exists.
    enum Life: Equatable {
        case open
        /// The peer reset the stream; nghttp2 is about to close it.
        case reset(code: UInt32)
        /// The stream has closed. It is abnormal if it closed before both sides had finished.
        case closed(isAbnormal: Bool, code: UInt32?)

        func afterReset(code: UInt32) -> Life? {
            self == .open ? .reset(code: code) : nil
        }

        func afterClose(isAbnormal: Bool) -> Life? {
            switch self {
            case .open: .closed(isAbnormal: isAbnormal, code: nil)
            case .reset(let code): .closed(isAbnormal: isAbnormal, code: code)
            case .closed: nil
            }
        }
    }

    /// Flags that the session and the stream keep for each other.
    struct Wire: OptionSet {
        let rawValue: UInt8

        /// nghttp2 does not ask for body bytes until it is told that there are some.
        static let isDeferred = Wire(rawValue: 1)
        /// The stream is in its session's list of changed streams.
        static let isQueued = Wire(rawValue: 2)
        /// The output limit was reached, and the observer must be called when there is room again.
        static let isFull = Wire(rawValue: 4)
        /// Some output was sent since the last sweep, so that the peer is not stalled.
        static let hasMoved = Wire(rawValue: 8)
        /// The peer waits for "100 Continue" before it sends the body.
        static let expectsContinue = Wire(rawValue: 16)
    }
}

// MARK: What is asked

extension ExchangeState {
    var inputEnded: Bool { inbound == .ended }

    var inputFailure: RequestStream.InputFailure? {
        switch inbound {
        case .broken(let failure): failure
        case .open, .ended: nil
        }
    }

    /// Whether the head can still be given.
    var lacksHead: Bool { outbound == .idle }

    /// Whether the head was given and is not on the wire yet.
    var headWaits: Bool {
        switch outbound {
        case .head, .whole: true
        case .idle, .body, .ended, .sent, .abandoned: false
        }
    }

    /// The status of the head that is not on the wire yet.
    var status: UInt16? {
        switch outbound {
        case .head(let status), .whole(let status): status
        case .idle, .body, .ended, .sent, .abandoned: nil
        }
    }

    /// Whether the head is on the wire.
    var headSent: Bool {
        switch outbound {
        case .body, .ended, .sent: true
        case .idle, .head, .whole, .abandoned: false
        }
    }

    /// Whether more output is ignored.
    var outputEnded: Bool {
        switch outbound {
        case .whole, .ended, .sent, .abandoned: true
        case .idle, .head, .body: false
        }
    }

    /// Whether our end is on the wire.
    var endSent: Bool {
        switch outbound {
        case .sent: true
        case .idle, .head, .whole, .body, .ended, .abandoned: false
        }
    }

    /// Whether both sides have finished, or we have and do not want the rest of the request.
    var isOver: Bool {
        switch outbound {
        case .sent(let isEarly): isEarly || inputEnded
        case .idle, .head, .whole, .body, .ended, .abandoned: false
        }
    }

    var isClosed: Bool {
        switch life {
        case .closed: true
        case .open, .reset: false
        }
    }

    /// Whether the stream closed before both sides had finished.
    var isAbnormal: Bool {
        switch life {
        case .closed(let isAbnormal, _): isAbnormal
        case .open, .reset: false
        }
    }

    /// The code with which the peer reset the stream.
    var resetCode: UInt32? {
        switch life {
        case .open: nil
        case .reset(let code): code
        case .closed(_, let code): code
        }
    }
}

// MARK: Transitions

extension ExchangeState {
    /// The peer has ended its side.
    mutating func endInput() { Self.move(&inbound, to: inbound.afterEnd) }

    /// The peer's body ended too early or was malformed.
    mutating func breakInput(_ failure: RequestStream.InputFailure) {
        Self.move(&inbound, to: inbound.afterBreak(failure))
    }

    /// The application gives the head: the response's, or on a client the request's.
    mutating func giveHead(status: UInt16?) {
        Self.move(&outbound, to: outbound.afterHead(status: status))
    }

    /// The head is written to the wire.
    mutating func writeHead() { Self.move(&outbound, to: outbound.afterHeadWritten) }

    /// The application has written the whole body.
    mutating func finish() { Self.move(&outbound, to: outbound.afterFinish) }

    /// Our end is written to the wire.
    mutating func writeEnd(isEarly: Bool) {
        Self.move(&outbound, to: outbound.afterEndWritten(isEarly: isEarly))
    }

    /// We reset the stream.
    mutating func abandon() { outbound = outbound.afterAbandon }

    /// The peer reset the stream.
    mutating func noteReset(code: UInt32) {
        Self.move(&life, to: life.afterReset(code: code))
    }

    /// The stream leaves its session.
    mutating func close(isAbnormal: Bool) {
        Self.move(&life, to: life.afterClose(isAbnormal: isAbnormal))
    }

    @inline(__always)
    private static func move<Side>(_ side: inout Side, to next: Side?) {
        assert(next != nil, "no transition from \(side)")
        if let next { side = next }
    }
}
