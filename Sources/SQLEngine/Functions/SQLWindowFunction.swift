/// Window functions, which compute a value for a row from the rows around it.
enum SQLWindowFunction {
    static let names = [
        "row_number", "rank", "dense_rank", "percent_rank", "cume_dist", "ntile", "lag", "lead",
        "nth_value",
    ]

    /// Returns the type of the result; nil if the name is not only a window function.
    static func type(_ name: String, _ arguments: [SQLBound]) throws -> SQLType? {
        let count: ClosedRange<Int>
        switch name {
        case "row_number", "rank", "dense_rank", "percent_rank", "cume_dist": count = 0...0
        case "ntile": count = 1...1
        case "lag", "lead": count = 1...3
        case "nth_value": count = 2...2
        default: return nil
        }
        guard count.contains(arguments.count) else {
            throw QueryError.planning("Function '\(name)' takes \(count.lowerBound) arguments")
        }
        switch name {
        case "percent_rank", "cume_dist": return .float64
        case "lag", "lead", "nth_value": return arguments[0].type
        default: return .uint64
        }
    }

    /// Returns the values of one call for all rows, in the rows' order.
    static func values(
        _ call: SQLWindows.Call, of frames: [SQLFrame], _ budget: QueryBudget
    ) throws -> [SQLValue] {
        var partitions: [[SQLValue]: [Int]] = [:]
        var order: [[SQLValue]] = []
        for (index, frame) in frames.enumerated() {
            let key = try call.partition.map { try $0.value(frame) }
            try budget.hold(key.reduce(48) { $0 + $1.size })
            if partitions[key] == nil { order.append(key) }
            partitions[key, default: []].append(index)
        }
        var values = [SQLValue](repeating: .null, count: frames.count)
        for key in order {
            var partition = try Partition(call, frames, partitions[key] ?? [], budget)
            try partition.fill(&values)
        }
        return values
    }

    /// The rows of one partition.
    private struct Partition {
        let call: SQLWindows.Call
        /// The rows in the order of the window.
        let frames: [SQLFrame]
        let places: [Int]
        let keys: [[SQLValue]]
        let budget: QueryBudget
        /// For each row, the range of rows that have the same sort keys.
        let peers: [Range<Int>]

        init(
            _ call: SQLWindows.Call, _ frames: [SQLFrame], _ indices: [Int], _ budget: QueryBudget
        ) throws {
            var rows = try indices.map { index in
                (index: index, keys: try call.order.map { try $0.bound.value(frames[index]) })
            }
            try budget.hold(rows.reduce(0) { $0 + $1.keys.reduce(32) { $0 + $1.size } })
            if !call.order.isEmpty {
                try rows.sort {
                    try budget.work()
                    return SQLSortKey.order(call.order, $0.keys, $1.keys) < 0
                }
            }
            self.call = call
            self.budget = budget
            self.frames = rows.map { frames[$0.index] }
            places = rows.map(\.index)
            keys = rows.map(\.keys)
            var peers: [Range<Int>] = []
            var start = 0
            for index in rows.indices
            where index + 1 == rows.count
                || SQLSortKey.order(call.order, rows[index].keys, rows[index + 1].keys) != 0
            {
                peers += [Range<Int>](repeating: start..<(index + 1), count: index + 1 - start)
                start = index + 1
            }
            self.peers = peers
        }

        mutating func fill(_ values: inout [SQLValue]) throws {
            if call.make != nil { return try fillAggregate(&values) }
            var rank = 0
            for index in frames.indices {
                try budget.work()
                if peers[index].lowerBound == index { rank += 1 }
                values[places[index]] = try value(index, dense: rank)
            }
        }

        private func value(_ index: Int, dense: Int) throws -> SQLValue {
            let count = frames.count
            switch call.name {
            case "row_number": return .integer(Int64(index + 1))
            case "rank": return .integer(Int64(peers[index].lowerBound + 1))
            case "dense_rank": return .integer(Int64(dense))
            case "percent_rank":
                return .real(count < 2 ? 0 : Double(peers[index].lowerBound) / Double(count - 1))
            case "cume_dist": return .real(Double(peers[index].upperBound) / Double(count))
            case "ntile":
                guard case .integer(let tiles) = try call.arguments[0].value(frames[index]),
                    tiles > 0
                else { throw QueryError.execution("NTILE requires a positive integer") }
                let (own, rows) = (Int64(index), Int64(count))
                let (small, large) = (rows / tiles, rows % tiles)
                let edge = large * (small + 1)
                return .integer(
                    own < edge ? own / (small + 1) + 1 : large + (own - edge) / max(small, 1) + 1)
            case "nth_value":
                let range = range(index)
                guard case .integer(let place) = try call.arguments[1].value(frames[index]),
                    place > 0,
                    place <= range.count
                else { return .null }
                return try call.arguments[0].value(frames[range.lowerBound + Int(place) - 1])
            default: return try shifted(index)
            }
        }

        private func shifted(_ index: Int) throws -> SQLValue {
            var distance: Int64 = 1
            if call.arguments.count > 1,
                case .integer(let number) = try call.arguments[1].value(frames[index])
            {
                distance = number
            }
            let place = Int64(index).addingReportingOverflow(
                call.name == "lag" ? 0 &- distance : distance)
            if !place.overflow, place.partialValue >= 0, place.partialValue < Int64(frames.count) {
                return try call.arguments[0].value(frames[Int(place.partialValue)])
            }
            return call.arguments.count > 2 ? try call.arguments[2].value(frames[index]) : .null
        }

        /// The rows that belong to the window frame of a row.
        private func range(_ index: Int) -> Range<Int> {
            func place(_ bound: SQLWindow.Frame.Bound, isEnd: Bool) -> Int {
                switch bound {
                case .unboundedPreceding: 0
                case .unboundedFollowing: frames.count
                case .current:
                    call.frame.isRows
                        ? index + (isEnd ? 1 : 0)
                        : isEnd ? peers[index].upperBound : peers[index].lowerBound
                case .preceding(let count): index - count + (isEnd ? 1 : 0)
                case .following(let count): index + count + (isEnd ? 1 : 0)
                }
            }
            let start = max(0, min(frames.count, place(call.frame.start, isEnd: false)))
            let end = max(start, min(frames.count, place(call.frame.end, isEnd: true)))
            return start..<end
        }

        /// Computes an aggregate over the window. If the frame only grows from row to row, one
        /// accumulator serves all of them; otherwise each row gets a new one.
        private mutating func fillAggregate(_ values: inout [SQLValue]) throws {
            let isGrowing = call.frame.start == .unboundedPreceding
            var accumulator = call.make?()
            var added = 0
            for index in frames.indices {
                let range = range(index)
                if !isGrowing || range.upperBound < added {
                    accumulator = call.make?()
                    added = range.lowerBound
                }
                for place in max(
                    added, range.lowerBound)..<max(range.upperBound, added, range.lowerBound)
                {
                    try add(frames[place], to: accumulator)
                }
                added = max(added, range.upperBound)
                values[places[index]] = try accumulator?.result(budget) ?? .null
            }
        }

        private func add(_ frame: SQLFrame, to accumulator: (any SQLAccumulator)?) throws {
            try budget.work()
            if let filter = call.filter, try filter.value(frame) != .boolean(true) { return }
            try accumulator?.add(try call.arguments.map { try $0.value(frame) }, budget)
        }
    }
}
