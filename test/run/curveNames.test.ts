import assert from "node:assert/strict";
import { isValidationLoss, readCurveName } from "../../src/run/curveNames.ts";

describe("a curve's name", () => {
  const quantities = (names: readonly string[]) => new Set(names.map((name) => readCurveName(name).quantity));

  it("says the same quantity where it differs from another only by the data that it was taken on", () => {
    for (const names of [
      ["train/acc", "val/acc", "test/acc"],
      ["trainAcc", "valAcc", "validationAcc"],
      ["train_acc", "val_acc", "valid_acc", "eval_acc"],
      ["acc/train", "acc/val"],
      ["accTrain", "accVal"],
      ["train/acc", "valAcc", "val acc", "acc.val", "VAL_ACC", "Validation Acc", "acc (test)", "[test] acc"],
      ["head/train/f1", "head/val/f1"],
      ["training_loss", "validation_loss"],
      ["train-top5-acc", "val-top5-acc"],
      ["erreur_train", "erreur_val"],
      ["Genauigkeit_Größe_train", "Genauigkeit_Größe_val"],
    ]) {
      assert.equal(quantities(names).size, 1, names.join());
    }
  });

  it("says on which data", () => {
    const split = (name: string) => readCurveName(name).split;
    assert.deepEqual(["trainAcc", "training loss", "valAcc", "valid/acc", "eval_acc", "test acc", "acc"].map(split), [
      "train",
      "train",
      "val",
      "val",
      "val",
      "test",
      undefined,
    ]);
  });

  it("is not taken apart where the word is part of another, has a number, or stands beside another such word", () => {
    const names = [
      "value",
      "values/mean",
      "interval",
      "latest",
      "testosterone",
      "trainable_params",
      "constrain",
      "strain",
      "evaluator",
      "validity",
      "test1",
      "val2 loss",
      "train_val_gap",
      "val/train_ratio",
      "loss",
      "loss/netD",
    ];
    for (const name of names) assert.deepEqual(readCurveName(name), { quantity: name, spelling: name });
  });

  it("is spelled without the data as the program spells it", () => {
    const spelling = (name: string) => readCurveName(name).spelling;
    assert.deepEqual(["trainAcc", "train/Acc", "acc_val", "top5_val_acc", "valMSE", "mse (val)", "[val] mse", "val"].map(spelling), [
      "acc",
      "Acc",
      "acc",
      "top5_acc",
      "MSE",
      "mse",
      "mse",
      "",
    ]);
  });

  it("tells a validation loss", () => {
    const losses = ["val_loss", "valLoss", "loss/val", "test loss", "Validation/Loss", "eval.loss"];
    for (const name of losses) assert.ok(isValidationLoss(name), name);
    for (const name of ["loss", "train_loss", "val_acc", "valuable loss", "val/loss/kl"]) assert.ok(!isValidationLoss(name), name);
  });
});
