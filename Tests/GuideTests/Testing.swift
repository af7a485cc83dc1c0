import Restate
import RestateTesting
import Testing

// docs/guide/testing.md

struct TestingPage {
    @Test func `a seat is sold once`() async throws {
        try await withRestate(Endpoint(Till(), Seat())) { restate in
            let receipt = try await restate.service(Till.self).sell("seat-7")
            #expect(receipt == "seat-7 for 100")
            let owner = try await restate.state(of: Seat.self, "seat-7").get(Seat.owner)
            #expect(owner == "till")
        }
    }

    @Test func `a reservation ends after a quarter of an hour`() async throws {
        try await withRestate(Endpoint(Till(), Seat())) { restate in
            let seat = restate.object(Seat.self, "seat-7")
            try await seat.reserve("ada")
            try await restate.clock.advance(by: .seconds(899))
            let before = try await seat.owner()
            try await restate.clock.advance(by: .seconds(1))
            let after = try await seat.owner()
            #expect((before, after) == ("ada", nil))
        }
    }

    @Test func `a charge that fails twice is made the third time`() async throws {
        try await withRestate(Endpoint(Till(), Seat())) { restate in
            restate.replace("charge") { "a test's receipt" }
            restate.fail("charge", times: 2)
            let receipt = try await restate.service(Till.self).sell("seat-7")
            #expect(receipt == "a test's receipt")
            #expect(restate.executions(of: "charge") == 3)
        }
    }

    @Test func `a sale that needs an approval goes on when it is there`() async throws {
        try await withRestate(Endpoint(Approval())) { restate in
            let sale = try await restate.workflow(Approval.self, "sale-1").run.send(5000)
            try await restate.settle()
            let approved = restate.promise(of: Approval.self, "sale-1", Approval.approved)
            try await approved.resolve(with: true)
            let answer = try await sale.attach()
            #expect(answer == "sold for 5000")
        }
    }

    @Test func `nobody notices a crash while a seat is sold`() async throws {
        let story = Story("a seat is sold") {
            let bank = Bank()
            return Scene(Endpoint(Till(bank: bank), Seat())) { restate in
                let receipt = try await restate.service(Till.self).sell("seat-7")
                return [receipt, "\(bank.charges)"]
            } whenCancelled: { restate in
                let owner = try await restate.object(Seat.self, "seat-7").owner()
                try Story.demand(owner == nil || bank.charges.count == 1, "sold, and not paid")
            }
        }
        let found = try await CrashExplorer().explore(story)
        #expect(found.failure == nil, "\(found)")
    }
}

@Suite(.restate(Endpoint(Till(), Seat())))
struct TillTests {
    @Test func `a free seat has no owner`() async throws {
        let restate = try TestEnvironment.current
        let owner = try await restate.object(Seat.self, "seat-7").owner()
        #expect(owner == nil)
    }
}
