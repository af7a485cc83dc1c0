import Testing

@testable import RestateHTTP

/// Every state of each side of an exchange, with every event of that side. Nil: there is no such
/// transition, and taking it traps in debug builds.
@Suite struct ExchangeStateTests {
    private typealias Inbound = ExchangeState.Inbound
    private typealias Outbound = ExchangeState.Outbound
    private typealias Life = ExchangeState.Life

    @Test func `the peer's side ends or breaks once`() {
        let table: [(state: Inbound, end: Inbound?, break: Inbound?)] = [
            (.open, .ended, .broken(.cutShort)),
            (.ended, nil, nil),
            (.broken(.malformed), nil, nil),
        ]
        for row in table {
            #expect(row.state.afterEnd == row.end, "\(row.state)")
            #expect(row.state.afterBreak(.cutShort) == row.break, "\(row.state)")
        }
    }

    @Test func `our side goes from the head over the body to the end, in every order that can be`()
    {
        struct Row {
            var state: Outbound
            var head: Outbound?
            var headWritten: Outbound?
            var finish: Outbound?
            var endWritten: Outbound?
            var abandon: Outbound
        }
        let sent = Outbound.sent(isEarly: true)
        let table = [
            Row(state: .idle, head: .head(status: 201), abandon: .abandoned),
            Row(
                state: .head(status: 404), headWritten: .body, finish: .whole(status: 404),
                abandon: .abandoned),
            Row(state: .whole(status: 404), headWritten: .ended, abandon: .abandoned),
            Row(state: .body, finish: .ended, abandon: .abandoned),
            Row(state: .ended, endWritten: sent, abandon: .abandoned),
            Row(state: .sent(isEarly: false), abandon: .sent(isEarly: false)),
            Row(state: .abandoned, endWritten: .abandoned, abandon: .abandoned),
        ]
        for row in table {
            #expect(row.state.afterHead(status: 201) == row.head, "\(row.state)")
            #expect(row.state.afterHeadWritten == row.headWritten, "\(row.state)")
            #expect(row.state.afterFinish == row.finish, "\(row.state)")
            #expect(row.state.afterEndWritten(isEarly: true) == row.endWritten, "\(row.state)")
            #expect(row.state.afterAbandon == row.abandon, "\(row.state)")
        }
    }

    @Test func `a stream closes once, with the code of the reset before it`() {
        let table: [(state: Life, reset: Life?, close: Life?)] = [
            (.open, .reset(code: 8), .closed(isAbnormal: true, code: nil)),
            (.reset(code: 2), nil, .closed(isAbnormal: true, code: 2)),
            (.closed(isAbnormal: false, code: nil), nil, nil),
        ]
        for row in table {
            #expect(row.state.afterReset(code: 8) == row.reset, "\(row.state)")
            #expect(row.state.afterClose(isAbnormal: true) == row.close, "\(row.state)")
        }
    }

    @Test func `what is asked of an exchange follows from its states`() {
        var exchange = ExchangeState()
        #expect(exchange.lacksHead && !exchange.headWaits && !exchange.headSent)
        exchange.giveHead(status: 200)
        #expect(exchange.status == 200 && exchange.headWaits && !exchange.outputEnded)
        exchange.finish()
        #expect(exchange.status == 200 && exchange.headWaits && exchange.outputEnded)
        exchange.writeHead()
        #expect(exchange.status == nil && exchange.headSent && !exchange.endSent)
        exchange.writeEnd(isEarly: false)
        #expect(exchange.endSent && !exchange.isOver)
        exchange.endInput()
        #expect(exchange.isOver && exchange.inputEnded && !exchange.isClosed)
        exchange.noteReset(code: 0)
        exchange.close(isAbnormal: false)
        #expect(exchange.isClosed && !exchange.isAbnormal && exchange.resetCode == 0)
    }

    @Test func `an answer before the end of the request is over, and one that is given up is not`()
    {
        var early = ExchangeState()
        early.giveHead(status: 200)
        early.writeHead()
        early.finish()
        early.writeEnd(isEarly: true)
        #expect(early.isOver)
        var abandoned = ExchangeState()
        abandoned.giveHead(status: 200)
        abandoned.abandon()
        abandoned.endInput()
        #expect(abandoned.outputEnded && !abandoned.headWaits && !abandoned.isOver)
    }

    @Test func `a body that breaks off has a reason and no end`() {
        var exchange = ExchangeState()
        exchange.breakInput(.cutShort)
        #expect(exchange.inputFailure == .cutShort && !exchange.inputEnded)
    }

    @Test func `a transition that is not in the drawing traps in debug builds`() async {
        await #expect(processExitsWith: .failure) {
            var exchange = ExchangeState()
            exchange.endInput()
            exchange.endInput()
        }
        await #expect(processExitsWith: .failure) {
            var exchange = ExchangeState()
            exchange.finish()
        }
    }

    @Test func `the state of an exchange is not larger than the fields that it replaced`() {
        #expect(MemoryLayout<ExchangeState>.size <= 48)
    }

    @Test func `a request that a stream is reused for has nothing of the one before`() {
        let loop = EventLoop()
        let stream = RequestStream(loop: loop)
        let fresh = String(reflecting: (stream.exchange, stream.request))
        stream.exchange = ExchangeState()
        stream.exchange.id = 7
        stream.exchange.received = 10
        stream.exchange.began = 3
        stream.exchange.wire = [.isQueued, .isFull, .isDeferred, .expectsContinue]
        stream.exchange.giveHead(status: 200)
        stream.exchange.endInput()
        stream.exchange.close(isAbnormal: true)
        stream.request.version = .http1_1
        stream.request.isNew = false
        stream.request.isTooLarge = true
        stream.request.progress.bodyBegan = 9
        stream.awaitsBody = true
        stream.answersBrokenBody = true
        stream.recycle()
        #expect(String(reflecting: (stream.exchange, stream.request)) == fresh)
        #expect(stream.block.isEmpty && stream.responseBlock.isEmpty)
    }
}
