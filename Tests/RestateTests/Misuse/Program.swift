import Testing

/// A small file of a client of this package, compiled together with ``prelude`` and others.
struct Program: Sendable, CustomTestStringConvertible {
    var name: String
    var source: String
    /// What the compiler says of the line that ends with `// wrong`. Nil: it says nothing at all.
    var diagnostic: String?

    init(_ name: String, says diagnostic: String? = nil, _ source: String) {
        self.name = name
        self.source = source
        self.diagnostic = diagnostic
    }

    var testDescription: String { name }

    /// `closures of runs: a context` becomes `closures_of_runs_a_context.swift`.
    var fileName: String {
        let words = name.lowercased().split { !$0.isLetter && !$0.isNumber }
        return words.joined(separator: "_") + ".swift"
    }

    /// Counted from 1.
    var wrongLine: Int? {
        let lines = source.split(separator: "\n", omittingEmptySubsequences: false)
        return lines.firstIndex { $0.hasSuffix("// wrong") }.map { $0 + 1 }
    }

    /// Services that the programs use; nothing is wrong with them.
    static let prelude = Program(
        "prelude",
        """
        import Restate

        struct Ticket: VirtualObject {
            static let seats = StateKey<Int>("seats", default: 0)
            static let owner = StateKey<String?>("owner")

            func reserve(_ ctx: ObjectContext, buyer: String) async throws -> Bool { true }
            func expire(_ ctx: ObjectContext) async throws {}
            func get(_ ctx: SharedObjectContext) async throws -> Int { try await ctx.get(Self.seats) }

            struct API: HandlerTable {
                let reserve = exclusive(Ticket.reserve)
                let expire = exclusive(Ticket.expire)
                let get = shared(Ticket.get)
            }
        }

        struct Checkout: Workflow {
            static let paid = PromiseKey<String>("paid")

            func run(_ ctx: WorkflowContext, order: [String]) async throws -> String {
                try await ctx.promise(Self.paid).value
            }
            func pay(_ ctx: SharedWorkflowContext, receipt: String) async throws {
                try await ctx.resolve(Self.paid, with: receipt)
            }

            struct API: HandlerTable {
                let run = workflow(Checkout.run)
                let pay = shared(Checkout.pay)
            }
        }

        struct Mail: Service {
            func send(_ ctx: Context, text: String) async throws {}

            struct API: HandlerTable {
                let send = handler(Mail.send)
            }
        }

        final class Counter {
            var count = 0
        }

        struct Opaque: Sendable {}
        """)
}
