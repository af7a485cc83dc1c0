import Testing

@testable import Restate
@testable import RestateServices

/// What is thought of a handler after some calls.
struct HandlerPaceTests {
    private func pace(_ holds: Duration...) -> HandlerPace {
        let pace = HandlerPace()
        for hold in holds { pace.note(hold) }
        return pace
    }

    @Test func `after three calls nothing is known`() {
        #expect(pace(.zero, .zero, .zero).hold == nil)
        #expect(pace(.zero, .zero, .zero, .zero).hold == .zero)
    }

    @Test func `the first calls count alike`() {
        #expect(pace(.seconds(8), .seconds(4), .seconds(6), .seconds(2)).hold == .seconds(5))
    }

    @Test func `a quick handler that is held up by the system once stays a quick one`() throws {
        let pace = HandlerPace()
        for _ in 0..<1000 { pace.note(.microseconds(10)) }
        pace.note(.milliseconds(10))
        #expect(try #require(pace.hold) < Placement.computing)
    }

    @Test func `a quick handler that computes for two seconds is known from then on`() throws {
        let pace = HandlerPace()
        for _ in 0..<1000 { pace.note(.microseconds(10)) }
        pace.note(.seconds(2))
        for _ in 0..<1000 {
            #expect(try #require(pace.hold) > Placement.computing)
            pace.note(.microseconds(10))
        }
        for _ in 0..<1000 { pace.note(.microseconds(10)) }
        #expect(try #require(pace.hold) < Placement.computing)
    }

    @Test func `a handler that computes for every hundredth call is never taken for a quick one`()
        throws
    {
        let pace = HandlerPace()
        for call in 0..<10_000 {
            if call >= 4 { #expect(try #require(pace.hold) > Placement.computing) }
            pace.note(call % 100 == 0 ? .seconds(1) : .microseconds(10))
        }
    }

    @Test func `only who was quick 256 times is taken for quick without a look at the clock`() {
        let pace = HandlerPace()
        for _ in 0..<255 { pace.note(.microseconds(10)) }
        #expect(!pace.isQuick)
        pace.note(.microseconds(10))
        #expect(pace.isQuick)
        pace.note(.milliseconds(1))
        #expect(!pace.isQuick)
    }

    @Test func `a handler that needs 60 microseconds is always measured`() {
        let pace = HandlerPace()
        for _ in 0..<1000 { pace.note(.microseconds(60)) }
        #expect(!pace.isQuick)
    }

    @Test func `a call of any length is taken`() {
        let pace = HandlerPace()
        for _ in 0..<10 { pace.note(UInt64.max) }
        #expect(pace.hold != nil)
    }
}

extension HandlerPace {
    fileprivate func note(_ hold: Duration) {
        note(UInt64(hold / .nanoseconds(1)))
    }
}
