import Restate

/// The services of the conformance suite. Their runs have no names, as in the recordings.
let contractServices: [any RestateService] = [
    Counter(), ListObject(), MapObject(), AwakeableHolder(), BlockAndWaitWorkflow(), Proxy(),
    TestUtilsService(), Failing(), CancelTestRunner(), CancelTestBlockingService(),
    KillTestRunner(), KillTestSingleton(), NonDeterministic(),
    VirtualObjectCommandInterpreter(), ObjectInterpreterL0(), ObjectInterpreterL1(),
    ObjectInterpreterL2(), ServiceInterpreterHelper(),
]
