/**
 * The attributes of every operator of ONNX, a line each, by the version of the operator set that changed them: after each `|` the
 * version, and `name:kind` for every attribute. Made by test/oracles/onnx-attributes.py from the standard's own definitions
 * (onnx 1.23.2); not written by hand.
 */
export const OPERATOR_ATTRIBUTES = `
Abs | 1 consumed_inputs:ints | 6
Acos | 7
Acosh | 9
Add | 1 axis:int broadcast:int consumed_inputs:ints | 6 axis:int broadcast:int | 7
AffineGrid | 20 align_corners:int
And | 1 axis:int broadcast:int | 7
ArgMax | 1 axis:int keepdims:int | 12 axis:int keepdims:int select_last_index:int
ArgMin | 1 axis:int keepdims:int | 12 axis:int keepdims:int select_last_index:int
Asin | 7
Asinh | 9
Atan | 7
Atanh | 9
Attention | 23 is_causal:int kv_num_heads:int q_num_heads:int qk_matmul_output_mode:int scale:float softcap:float softmax_precision:int | 25 is_causal:int kv_num_heads:int left_window_size:int q_num_heads:int qk_matmul_output_mode:int right_window_size:int scale:float softcap:float softmax_precision:int
AveragePool | 1 auto_pad:string kernel_shape:ints pads:ints strides:ints | 7 auto_pad:string count_include_pad:int kernel_shape:ints pads:ints strides:ints | 10 auto_pad:string ceil_mode:int count_include_pad:int kernel_shape:ints pads:ints strides:ints | 19 auto_pad:string ceil_mode:int count_include_pad:int dilations:ints kernel_shape:ints pads:ints strides:ints
BatchNormalization | 1 consumed_inputs:ints epsilon:float is_test:int momentum:float spatial:int | 6 epsilon:float is_test:int momentum:float spatial:int | 7 epsilon:float momentum:float spatial:int | 9 epsilon:float momentum:float | 14 epsilon:float momentum:float training_mode:int
Bernoulli | 15 dtype:int seed:float
BitCast | 26 to:int
BitShift | 11 direction:string
BitwiseAnd | 18
BitwiseNot | 18
BitwiseOr | 18
BitwiseXor | 18
BlackmanWindow | 17 output_datatype:int periodic:int
Cast | 1 to:string | 6 to:int | 19 saturate:int to:int | 24 round_mode:string saturate:int to:int
CastLike | 15 | 19 saturate:int | 24 round_mode:string saturate:int
CausalConvWithState | 27 activation:string
Ceil | 1 consumed_inputs:ints | 6
Celu | 12 alpha:float
CenterCropPad | 18 axes:ints
Clip | 1 consumed_inputs:ints max:float min:float | 6 max:float min:float | 11
Col2Im | 18 dilations:ints pads:ints strides:ints
Compress | 9 axis:int
Concat | 1 axis:int
ConcatFromSequence | 11 axis:int new_axis:int
Constant | 1 value:tensor | 11 sparse_value:sparse value:tensor | 12 sparse_value:sparse value:tensor value_float:float value_floats:floats value_int:int value_ints:ints value_string:string value_strings:strings
ConstantOfShape | 9 value:tensor
Conv | 1 auto_pad:string dilations:ints group:int kernel_shape:ints pads:ints strides:ints
ConvInteger | 10 auto_pad:string dilations:ints group:int kernel_shape:ints pads:ints strides:ints
ConvTranspose | 1 auto_pad:string dilations:ints group:int kernel_shape:ints output_padding:ints output_shape:ints pads:ints strides:ints
Cos | 7
Cosh | 9
CumProd | 26 exclusive:int reverse:int
CumSum | 11 exclusive:int reverse:int
DFT | 17 axis:int inverse:int onesided:int | 20 inverse:int onesided:int
DeformConv | 19 dilations:ints group:int kernel_shape:ints offset_group:int pads:ints strides:ints
DepthToSpace | 1 blocksize:int | 11 blocksize:int mode:string
DequantizeLinear | 10 | 13 axis:int | 21 axis:int block_size:int | 23 axis:int block_size:int output_dtype:int
Det | 11
Div | 1 axis:int broadcast:int consumed_inputs:ints | 6 axis:int broadcast:int | 7
Dropout | 1 consumed_inputs:ints is_test:int ratio:float | 6 is_test:int ratio:float | 7 ratio:float | 12 seed:int
DynamicQuantizeLinear | 11
Einsum | 12 equation:string
Elu | 1 alpha:float consumed_inputs:ints | 6 alpha:float
Equal | 1 axis:int broadcast:int | 7
Erf | 9
Exp | 1 consumed_inputs:ints | 6
Expand | 8
EyeLike | 9 dtype:int k:int
Flatten | 1 axis:int
Floor | 1 consumed_inputs:ints | 6
GRU | 1 activation_alpha:floats activation_beta:floats activations:strings clip:float direction:string hidden_size:int output_sequence:int | 3 activation_alpha:floats activation_beta:floats activations:strings clip:float direction:string hidden_size:int linear_before_reset:int output_sequence:int | 7 activation_alpha:floats activation_beta:floats activations:strings clip:float direction:string hidden_size:int linear_before_reset:int | 14 activation_alpha:floats activation_beta:floats activations:strings clip:float direction:string hidden_size:int layout:int linear_before_reset:int
Gather | 1 axis:int
GatherElements | 11 axis:int
GatherND | 11 | 12 batch_dims:int
Gelu | 20 approximate:string
Gemm | 1 alpha:float beta:float broadcast:int transA:int transB:int | 7 alpha:float beta:float transA:int transB:int
GlobalAveragePool | 1
GlobalLpPool | 1 p:float | 2 p:int
GlobalMaxPool | 1
Greater | 1 axis:int broadcast:int | 7
GreaterOrEqual | 12
GridSample | 16 align_corners:int mode:string padding_mode:string
GroupNormalization | 18 epsilon:float num_groups:int | 21 epsilon:float num_groups:int stash_type:int
HammingWindow | 17 output_datatype:int periodic:int
HannWindow | 17 output_datatype:int periodic:int
HardSigmoid | 1 alpha:float beta:float consumed_inputs:ints | 6 alpha:float beta:float
HardSwish | 14
Hardmax | 1 axis:int
Identity | 1
If | 1 else_branch:graph then_branch:graph
ImageDecoder | 20 pixel_format:string
InstanceNormalization | 1 consumed_inputs:ints epsilon:float | 6 epsilon:float
IsInf | 10 detect_negative:int detect_positive:int
IsNaN | 9
LRN | 1 alpha:float beta:float bias:float size:int
LSTM | 1 activation_alpha:floats activation_beta:floats activations:strings clip:float direction:string hidden_size:int input_forget:int output_sequence:int | 7 activation_alpha:floats activation_beta:floats activations:strings clip:float direction:string hidden_size:int input_forget:int | 14 activation_alpha:floats activation_beta:floats activations:strings clip:float direction:string hidden_size:int input_forget:int layout:int
LayerNormalization | 17 axis:int epsilon:float stash_type:int
LeakyRelu | 1 alpha:float consumed_inputs:ints | 6 alpha:float
Less | 1 axis:int broadcast:int | 7
LessOrEqual | 12
LinearAttention | 27 chunk_size:int kv_num_heads:int q_num_heads:int scale:float update_rule:string
Log | 1 consumed_inputs:ints | 6
LogSoftmax | 1 axis:int
Loop | 1 body:graph
LpNormalization | 1 axis:int p:int
LpPool | 1 auto_pad:string kernel_shape:ints p:float pads:ints strides:ints | 2 auto_pad:string kernel_shape:ints p:int pads:ints strides:ints | 18 auto_pad:string ceil_mode:int dilations:ints kernel_shape:ints p:int pads:ints strides:ints
MatMul | 1
MatMulInteger | 10
Max | 1 consumed_inputs:ints | 6
MaxPool | 1 auto_pad:string kernel_shape:ints pads:ints strides:ints | 8 auto_pad:string kernel_shape:ints pads:ints storage_order:int strides:ints | 10 auto_pad:string ceil_mode:int dilations:ints kernel_shape:ints pads:ints storage_order:int strides:ints
MaxRoiPool | 1 pooled_shape:ints spatial_scale:float
MaxUnpool | 9 kernel_shape:ints pads:ints strides:ints
Mean | 1 consumed_inputs:ints | 6
MeanVarianceNormalization | 9 axes:ints
MelWeightMatrix | 17 output_datatype:int
Min | 1 consumed_inputs:ints | 6
Mish | 18
Mod | 10 fmod:int
Mul | 1 axis:int broadcast:int consumed_inputs:ints | 6 axis:int broadcast:int | 7
Multinomial | 7 dtype:int sample_size:int seed:float
Neg | 1 consumed_inputs:ints | 6
NegativeLogLikelihoodLoss | 12 ignore_index:int reduction:string
NonMaxSuppression | 10 center_point_box:int
NonZero | 9
Not | 1
OneHot | 9 axis:int
Optional | 15 type:type
OptionalGetElement | 15
OptionalHasElement | 15
Or | 1 axis:int broadcast:int | 7
PRelu | 1 consumed_inputs:ints | 6
Pad | 1 mode:string paddings:ints value:float | 2 mode:string pads:ints value:float | 11 mode:string
Pow | 1 axis:int broadcast:int | 7
QLinearConv | 10 auto_pad:string dilations:ints group:int kernel_shape:ints pads:ints strides:ints
QLinearMatMul | 10
QuantizeLinear | 10 | 13 axis:int | 19 axis:int saturate:int | 21 axis:int block_size:int output_dtype:int saturate:int | 23 axis:int block_size:int output_dtype:int precision:int saturate:int
RMSNormalization | 23 axis:int epsilon:float stash_type:int
RNN | 1 activation_alpha:floats activation_beta:floats activations:strings clip:float direction:string hidden_size:int output_sequence:int | 7 activation_alpha:floats activation_beta:floats activations:strings clip:float direction:string hidden_size:int | 14 activation_alpha:floats activation_beta:floats activations:strings clip:float direction:string hidden_size:int layout:int
RandomNormal | 1 dtype:int mean:float scale:float seed:float shape:ints
RandomNormalLike | 1 dtype:int mean:float scale:float seed:float
RandomUniform | 1 dtype:int high:float low:float seed:float shape:ints
RandomUniformLike | 1 dtype:int high:float low:float seed:float
Range | 11 | 27 stash_type:int
Reciprocal | 1 consumed_inputs:ints | 6
ReduceL1 | 1 axes:ints keepdims:int | 18 keepdims:int noop_with_empty_axes:int
ReduceL2 | 1 axes:ints keepdims:int | 18 keepdims:int noop_with_empty_axes:int
ReduceLogSum | 1 axes:ints keepdims:int | 18 keepdims:int noop_with_empty_axes:int
ReduceLogSumExp | 1 axes:ints keepdims:int | 18 keepdims:int noop_with_empty_axes:int
ReduceMax | 1 axes:ints keepdims:int | 18 keepdims:int noop_with_empty_axes:int
ReduceMean | 1 axes:ints keepdims:int | 18 keepdims:int noop_with_empty_axes:int
ReduceMin | 1 axes:ints keepdims:int | 18 keepdims:int noop_with_empty_axes:int
ReduceProd | 1 axes:ints keepdims:int | 18 keepdims:int noop_with_empty_axes:int
ReduceSum | 1 axes:ints keepdims:int | 13 keepdims:int noop_with_empty_axes:int
ReduceSumSquare | 1 axes:ints keepdims:int | 18 keepdims:int noop_with_empty_axes:int
RegexFullMatch | 20 pattern:string
Relu | 1 consumed_inputs:ints | 6
Reshape | 1 consumed_inputs:ints shape:ints | 5 | 14 allowzero:int
Resize | 10 mode:string | 11 coordinate_transformation_mode:string cubic_coeff_a:float exclude_outside:int extrapolation_value:float mode:string nearest_mode:string | 18 antialias:int axes:ints coordinate_transformation_mode:string cubic_coeff_a:float exclude_outside:int extrapolation_value:float keep_aspect_ratio_policy:string mode:string nearest_mode:string
ReverseSequence | 10 batch_axis:int time_axis:int
RoiAlign | 10 mode:string output_height:int output_width:int sampling_ratio:int spatial_scale:float | 16 coordinate_transformation_mode:string mode:string output_height:int output_width:int sampling_ratio:int spatial_scale:float
RotaryEmbedding | 23 interleaved:int num_heads:int rotary_embedding_dim:int
Round | 11
STFT | 17 onesided:int
Scan | 8 body:graph directions:ints num_scan_inputs:int | 9 body:graph num_scan_inputs:int scan_input_axes:ints scan_input_directions:ints scan_output_axes:ints scan_output_directions:ints
Scatter | 9 axis:int
ScatterElements | 11 axis:int | 16 axis:int reduction:string
ScatterND | 11 | 16 reduction:string
Selu | 1 alpha:float consumed_inputs:ints gamma:float | 6 alpha:float gamma:float
SequenceAt | 11
SequenceConstruct | 11
SequenceEmpty | 11 dtype:int
SequenceErase | 11
SequenceInsert | 11
SequenceLength | 11
SequenceMap | 17 body:graph
Shape | 1 | 15 end:int start:int
Shrink | 9 bias:float lambd:float
Sigmoid | 1 consumed_inputs:ints | 6
Sign | 9
Sin | 7
Sinh | 9
Size | 1
Slice | 1 axes:ints ends:ints starts:ints | 10
Softmax | 1 axis:int
SoftmaxCrossEntropyLoss | 12 ignore_index:int reduction:string
Softplus | 1
Softsign | 1
SpaceToDepth | 1 blocksize:int | 28 blocksize:int mode:string
Split | 1 axis:int split:ints | 13 axis:int | 18 axis:int num_outputs:int
SplitToSequence | 11 axis:int keepdims:int
Sqrt | 1 consumed_inputs:ints | 6
Squeeze | 1 axes:ints | 13
StringConcat | 20
StringNormalizer | 10 case_change_action:string is_case_sensitive:int locale:string stopwords:strings
StringSplit | 20 delimiter:string maxsplit:int
Sub | 1 axis:int broadcast:int consumed_inputs:ints | 6 axis:int broadcast:int | 7
Sum | 1 consumed_inputs:ints | 6
SwiGLU | 28 alpha:float
Swish | 24 alpha:float
Tan | 7
Tanh | 1 consumed_inputs:ints | 6
TensorScatter | 24 axis:int mode:string
TfIdfVectorizer | 9 max_gram_length:int max_skip_count:int min_gram_length:int mode:string ngram_counts:ints ngram_indexes:ints pool_int64s:ints pool_strings:strings weights:floats
ThresholdedRelu | 10 alpha:float
Tile | 1
TopK | 1 axis:int k:int | 10 axis:int | 11 axis:int largest:int sorted:int
Transpose | 1 perm:ints
Trilu | 14 upper:int
Unique | 11 axis:int sorted:int
Unsqueeze | 1 axes:ints | 13
Upsample | 1 height_scale:float mode:string width_scale:float | 7 mode:string scales:floats | 9 mode:string
Where | 9
Xor | 1 axis:int broadcast:int | 7
`;
